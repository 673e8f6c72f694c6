import { endAbandoned, isAbandoned } from './abandoned-version.ts';
import { RotationError } from './errors.ts';
import { finishSecret } from './finish-secret.ts';
import { healOrGoForward } from './heal-or-go-forward.ts';
import { heal } from './heal.ts';
import { inspect } from './inspect.ts';
import type { Inspection } from './inspection.ts';
import { putBack } from './put-back.ts';
import { reconcile } from './reconcile.ts';
import { reset } from './reset.ts';
import { rollBack } from './roll-back.ts';
import { note, type Invocation } from './rotation.ts';
import { readCurrent } from './secret-store.ts';
import { takeBack } from './take-back.ts';
import type { DoableWay, Proposal, WayOut } from './way-out.ts';

/** What was done, and how the secret stands since. */
export interface RepairResult {
  readonly done: Proposal;
  readonly inspection: Inspection;
}

/**
 * Goes the way out that a person confirmed, by what reconcile and the steps of a rotation are made
 * of. Asks every system again first, and throws `REPAIR_OUTDATED` where that calls for something
 * else by now: nothing is done that nobody confirmed. May run twice, or beside a rotation.
 */
export async function repair(invocation: Invocation, confirmed: Proposal): Promise<RepairResult> {
  // Taken before the look: what that takes is no shorter life for another invocation.
  const lifetimeMs = invocation.remainingMs();
  const { wayOut } = await inspect(invocation);
  if (!isSame(wayOut, confirmed)) throw outdated(wayOut);
  await ways[confirmed.way](narrowed(invocation, confirmed), { ...confirmed, lifetimeMs });
  note(invocation, 'repaired', `A person had this done: ${confirmed.way}.`);
  return { done: confirmed, inspection: await inspect(invocation) };
}

interface Confirmed extends Proposal {
  /** How long, in ms, an invocation of this function has from its beginning. */
  readonly lifetimeMs: number;
}

type Go = (invocation: Invocation, confirmed: Confirmed) => Promise<unknown>;

const ways: Record<DoableWay, Go> = {
  async heal(invocation, { version }) {
    const { secret } = invocation;
    const description = await secret.describe();
    const current = await readCurrent(secret, description);
    // Another version is named where AWSCURRENT itself may have to move.
    if (version) return healOrGoForward(invocation, description, { current });
    return heal(invocation, description, current);
  },
  'take-back': takeBack,
  finish: (invocation, { version = '' }) => finishSecret({ ...invocation, token: version }),
  'roll-back': rollBack,
  'put-back': putBack,
  reset,
  async pay(invocation, { version = '' }) {
    const { secret, secretId } = invocation;
    const description = await secret.describe();
    if (!isAbandoned(description, version)) return reconcile(invocation, { secret: secretId });
    const current = await readCurrent(secret, description);
    await heal(invocation, description, current);
    return endAbandoned(invocation, description, current);
  },
};

/** One key that cannot be healed must not stand in the way of those that can. */
const narrowed = (invocation: Invocation, { way, keys, version }: Proposal): Invocation => {
  const { plan } = invocation;
  const some = way === 'reset' || way === 'take-back' || (way === 'heal' && version === undefined);
  if (!some) return invocation;
  const rotators = plan.rotators.filter(({ key }) => keys.includes(key));
  return { ...invocation, plan: { ...plan, rotators } };
};

const isSame = (one: WayOut, other: Proposal): boolean =>
  one.way === other.way &&
  one.version === other.version &&
  one.keys.length === other.keys.length &&
  one.keys.every((key) => other.keys.includes(key));

const outdated = ({ way }: WayOut) =>
  new RotationError(
    'REPAIR_OUTDATED',
    `The secret does not stand any more as it did when this was confirmed, and what is called for by now is ` +
      `another thing: ${way}. Nothing was done. Look at it again, and decide then.`,
  );
