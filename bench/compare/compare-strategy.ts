import { setTimeout } from 'node:timers/promises';
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { realClock } from '../../src/local/clock.ts';
import { secretReader } from '../../src/local/demo/published-secret.ts';
import {
  type RotationWatch,
  type Seen,
  watchRotation,
} from '../../src/local/demo/rotation-watch.ts';
import { silentShow } from '../../src/local/demo/silent-show.ts';
import { grace } from '../../src/local/demo/stage.ts';
import { turnOn } from '../../src/local/demo/turn-on.ts';
import { production } from '../../src/local/stack/environments.ts';
import { startStack } from '../../src/local/stack/stack.ts';
import type { Strategy } from '../../src/local/strategies/strategy.ts';
import { startLoad, type Used } from './load.ts';

/** What a strategy did in its rotations. Counts are those of the rotation that had most. */
export interface Compared {
  readonly rotations: number;
  readonly uses: readonly Used[];
  /** From the switch to the label move, as Keyturn reports it; 0 where nothing was switched. */
  readonly switchGapMs: number;
  /** In the four steps of a rotation. */
  readonly secretsManagerCalls: Seen['secretsManagerCalls'];
}

interface Extent {
  readonly rotations: number;
  readonly signal: AbortSignal;
}

/** Before the first rotation, between two, and after the last, in ms: sessions of a second come back. */
const pauseMs = 1_500;

/**
 * Rotates so many times, each until what was superseded ended, while it is used all the time. Throws
 * where a rotation fails, or something called what its policies do not allow.
 */
export async function compareStrategy(
  strategy: Strategy,
  { rotations, signal }: Extent,
): Promise<Compared> {
  await using endings = new AsyncDisposableStack();
  const listening = { hear: (_entry: JournalEntry) => undefined as void };
  const stack = await startStack({
    clock: realClock,
    strategy,
    grace,
    enforceIam: true,
    signal,
    onJournal: ({ name }, entry) => name === production.name && listening.hear(entry),
  });
  endings.defer(() => stack.stop());
  const client = new SecretsManagerClient(stack.clientConfig);
  endings.defer(() => client.destroy());
  await turnOn(client, stack);
  const published = await secretReader(client, production.secretName)();
  const accountSid = String(published['TWILIO_ACCOUNT_SID']);
  const load = endings.use(await startLoad({ stack, strategy, accountSid }));
  await setTimeout(pauseMs, undefined, { signal });

  const all: Seen[] = [];
  for (let number = 1; number <= rotations; number += 1) {
    const watch = watchRotation(stack, signal);
    listening.hear = watch.hear;
    await client.send(new RotateSecretCommand({ SecretId: production.secretName }));
    await ended(number, watch, strategy);
    all.push(watch.seen);
    await setTimeout(pauseMs, undefined, { signal });
  }
  const uses = await load.counts();
  assertAllowed(stack.iam?.report().denied.length ?? 0);
  return { rotations, uses, ...mostOf(all) };
}

async function ended(number: number, watch: RotationWatch, strategy: Strategy): Promise<void> {
  try {
    await silentShow.rotation(number, watch, strategy);
  } finally {
    watch.stop();
  }
}

function mostOf(all: readonly Seen[]): Pick<Compared, 'switchGapMs' | 'secretsManagerCalls'> {
  const calls = all.map(({ secretsManagerCalls }) => secretsManagerCalls);
  const most = (name: 'total' | 'writes' | 'ofAdministrator') =>
    Math.max(...calls.map((each) => each[name]));
  return {
    switchGapMs: Math.max(...all.map(({ switchGapMs }) => switchGapMs)),
    secretsManagerCalls: {
      total: most('total'),
      writes: most('writes'),
      ofAdministrator: most('ofAdministrator'),
    },
  };
}

function assertAllowed(refused: number): void {
  if (refused > 0)
    throw new Error(`The policies of template.yaml refused calls, of ${refused} kinds.`);
}
