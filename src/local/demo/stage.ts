import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JournalEntry } from '../../rotation/journal.ts';
import { realClock } from '../clock.ts';
import { titleOf } from '../servers/server-folder.ts';
import { production } from '../stack/environments.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { secretReader, type ReadSecret } from './published-secret.ts';
import type { Show } from './show.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { usersOf } from './users.ts';

/** How long a superseded credential lives on here; on AWS two minutes at least. */
export const grace = '2s';

/** Where the demonstration takes place. */
export interface Stage {
  readonly stack: Stack;
  readonly strategy: Strategy;
  readonly client: SecretsManagerClient;
  readonly read: ReadSecret;
  readonly traffic: Traffic;
  readonly show: Show;
  /** Aborts where it cannot go on: it was interrupted, or the application ended. */
  readonly signal: AbortSignal;
  /** Takes the journal entries of the rotation under way. */
  hear: (entry: JournalEntry) => void;
}

interface Setting {
  readonly strategy: Strategy;
  readonly show: Show;
  readonly interrupted: AbortSignal;
}

/** Boots the stack and whoever uses what is rotated. All of it ends with the stage. */
export async function setUp({
  strategy,
  show,
  interrupted,
}: Setting): Promise<Stage & AsyncDisposable> {
  const listening = { hear: (_entry: JournalEntry) => undefined as void };
  await using endings = new AsyncDisposableStack();
  const stack = await show.during(
    `Start ${serversOf(strategy)}, Twilio, Secrets Manager, RDS and Scheduler on this machine`,
    startStack({
      clock: realClock,
      strategy,
      grace,
      enforceIam: true,
      signal: interrupted,
      onJournal: ({ name }, entry) => name === production.name && listening.hear(entry),
    }),
  );
  endings.defer(() => stack.stop());
  const client = new SecretsManagerClient(stack.clientConfig);
  endings.defer(() => client.destroy());
  const read = secretReader(client, production.secretName);
  const users = await usersOf({ stack, strategy, show, read, signal: interrupted });
  endings.defer(() => users.stop());
  const { signal } = users;
  const traffic = startTraffic(users.workloads);
  endings.defer(() => traffic.stop());

  const later = endings.move();
  const end = { [Symbol.asyncDispose]: () => later.disposeAsync() };
  return Object.assign(listening, end, { stack, strategy, client, read, traffic, show, signal });
}

const serversOf = ({ server }: Strategy) =>
  ['PostgreSQL', ...(server ? [titleOf[server]] : [])].join(', ');
