import { setTimeout } from 'node:timers/promises';
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { realClock } from '../../src/local/clock.ts';
import { type Seen, watchRotation } from '../../src/local/demo/rotation-watch.ts';
import { silentShow } from '../../src/local/demo/silent-show.ts';
import { grace } from '../../src/local/demo/stage.ts';
import { turnOn } from '../../src/local/demo/turn-on.ts';
import { production } from '../../src/local/stack/environments.ts';
import { type Stack, startStack } from '../../src/local/stack/stack.ts';
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
  const listening: Listening = { hear: () => undefined };
  const stack = await boot(strategy, { listening, signal });
  endings.defer(() => stack.stop());
  const client = new SecretsManagerClient(stack.clientConfig);
  endings.defer(() => client.destroy());
  await turnOn(client, stack);
  const load = endings.use(await startLoad(stack, strategy));
  const pause = () => setTimeout(pauseMs, undefined, { signal });
  await pause();

  const all: Seen[] = [];
  for (let number = 1; number <= rotations; number += 1) {
    const watch = watchRotation(stack, signal);
    listening.hear = watch.hear;
    await client.send(new RotateSecretCommand({ SecretId: production.secretName }));
    await silentShow.rotation(number, watch, strategy).finally(() => watch.stop());
    all.push(watch.seen);
    await pause();
  }
  const uses = await load.counts();
  assertAllowed(stack);
  return { rotations, uses, ...mostOf(all) };
}

interface Listening {
  hear: (entry: JournalEntry) => void;
}

const boot = (
  strategy: Strategy,
  { listening, signal }: { readonly listening: Listening; readonly signal: AbortSignal },
): Promise<Stack> =>
  startStack({
    clock: realClock,
    strategy,
    grace,
    enforceIam: true,
    signal,
    onJournal: ({ name }, entry) => name === production.name && listening.hear(entry),
  });

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

function assertAllowed({ iam }: Stack): void {
  const refused = iam?.report().denied ?? [];
  if (refused.length === 0) return;
  throw new Error(`The policies of template.yaml refused calls, of ${refused.length} kinds.`);
}
