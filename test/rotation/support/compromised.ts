import { compromise, type CompromiseResult } from '../../../src/rotation/compromise.ts';
import { reconcileNow, type ReconcileResult } from '../../../src/rotation/reconcile-now.ts';
import { recorded } from '../../../src/rotation/run-step.ts';
import { randomKey } from '../../../src/rotators/random-key.ts';
import { bind } from '../../support/bind.ts';
import { dual, single } from './rotators.ts';
import { told } from './sentences.ts';
import { DualService } from './systems.ts';
import { first, startWorld, type World } from './world.ts';

const mailToken = 'mail-token-of-the-first-day';

/** A secret with a key of the application's own, two tokens with graces, and a password without. */
export async function shop() {
  const mail: DualService[] = [];
  const world = await startWorld({
    text: JSON.stringify({ ...first, OLD_KEYS: ['older'], MAIL_TOKEN: mailToken }),
    rotators({ timeline, api, db }) {
      const service = new DualService('mail', mailToken, timeline);
      mail.push(service);
      return [
        bind(randomKey, { key: 'SIGNING_KEY', options: { fallbacksKey: 'OLD_KEYS' } }),
        dual('API_TOKEN', api, timeline),
        dual('MAIL_TOKEN', service, timeline),
        single('DB_PASSWORD', db, timeline),
      ];
    },
  });
  await world.clock.advance(1_000);
  return { ...world, acceptsMail: (value = '') => mail.some((service) => service.accepts(value)) };
}

/** As the operation of the function does. */
export function markIn(world: World, key: string): Promise<CompromiseResult> {
  const invocation = world.invocation('compromise');
  return told(recorded(invocation, () => compromise(invocation, key)));
}

/** As the operation of the function does. */
export function reconcileIn(world: World): Promise<ReconcileResult> {
  const invocation = world.invocation('reconcile-now');
  return told(recorded(invocation, () => reconcileNow(invocation)));
}

/** The marks on the version that has a label. */
export const marksOn = ({ at }: World, label: string): readonly string[] =>
  (at(label)?.stages ?? []).filter((stage) => stage.startsWith('KEYTURN_COMPROMISED'));
