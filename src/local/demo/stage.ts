import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JournalEntry } from '../../rotation/journal.ts';
import { realClock } from '../clock.ts';
import { production } from '../stack/environments.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { failingWith } from './failing-with.ts';
import { secretReader, type ReadSecret } from './published-secret.ts';
import { type ReminderApp, startReminderApp } from './reminder-app-process.ts';
import type { Show } from './show.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { reminderAppWorkloads } from './workloads.ts';

/** How long a superseded Twilio token lives on here; on AWS an hour, and two minutes at least. */
const grace = '2s';

/** A connection that is open goes on in the switch gap; a new one needs a password that works. */
const eachQueryLogsIn = { DB_POOL_MAX_USES: '1' };

/** Where the demonstration takes place. */
export interface Stage {
  readonly stack: Stack;
  readonly client: SecretsManagerClient;
  readonly read: ReadSecret;
  readonly traffic: Traffic;
  readonly show: Show;
  /** Aborts where it cannot go on: it was interrupted, or the application ended. */
  readonly signal: AbortSignal;
  /** Takes the journal entries of the rotation under way. */
  hear: (entry: JournalEntry) => void;
}

/** Boots the stack and the example application, and has it visited. All of it ends with the stage. */
export async function setUp(
  show: Show,
  interrupted: AbortSignal,
): Promise<Stage & AsyncDisposable> {
  const listening = { hear: (_entry: JournalEntry) => undefined as void };
  await using endings = new AsyncDisposableStack();
  const stack = await show.during(
    'Start PostgreSQL, Twilio, Secrets Manager, RDS and Scheduler on this machine',
    startStack({
      clock: realClock,
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
  const app = await show.during(
    'Start the example application, which reads its secret by keyturn/app',
    startReminderApp({ stack, variables: eachQueryLogsIn, signal: interrupted }),
  );
  endings.defer(async () => void (await app.stop()));
  const signal = failingWith(app.died, interrupted);
  const traffic = await visit(app, { stack, read, signal });
  endings.defer(() => traffic.stop());

  const later = endings.move();
  const end = { [Symbol.asyncDispose]: () => later.disposeAsync() };
  return Object.assign(listening, end, { stack, client, read, traffic, show, signal });
}

async function visit(
  { url }: ReminderApp,
  { stack, read, signal }: Pick<Stage, 'stack' | 'read' | 'signal'>,
): Promise<Traffic> {
  const accountSid = String((await read())['TWILIO_ACCOUNT_SID']);
  return startTraffic(reminderAppWorkloads({ url, signal, twilio: stack.twilio, accountSid }));
}
