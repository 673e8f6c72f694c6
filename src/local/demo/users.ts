import { consumers } from '../consumers/consumers.ts';
import { surroundingsAt, whereaboutsOf } from '../consumers/surroundings.ts';
import type { Stack } from '../stack/stack.ts';
import type { Strategy, UseName } from '../strategies/strategy.ts';
import { failingWith } from './failing-with.ts';
import type { ReadSecret } from './published-secret.ts';
import { startReminderApp } from './reminder-app-process.ts';
import type { Show } from './show.ts';
import type { Workload } from './traffic.ts';
import { reminderAppWorkloads } from './workloads.ts';

/** Those who use what is rotated, all the time. */
interface Users {
  readonly workloads: readonly Workload[];
  /** Aborts where they cannot go on, and where the demonstration is interrupted. */
  readonly signal: AbortSignal;
  stop(): Promise<void>;
}

interface Needs {
  readonly stack: Stack;
  readonly strategy: Strategy;
  readonly show: Show;
  readonly read: ReadSecret;
  readonly signal: AbortSignal;
}

/** Between two requests, in ms. */
const pauseMs = 15;

/** A connection that is open goes on in the switch gap; a new one needs a password that works. */
const eachQueryLogsIn = { DB_POOL_MAX_USES: '1' };

/**
 * The example application and its visitors, as far as it uses what the strategy rotates: it knows
 * PostgreSQL and Twilio's token. For the rest somebody here, who reads the secret by keyturn/app too.
 */
export async function usersOf(needs: Needs): Promise<Users> {
  const { server, uses } = needs.strategy;
  if (server) return users(needs, ['sessions', 'logins']);
  const app = await applicationAndVisitors(needs);
  if (!uses.includes('key calls')) return app;
  const callers = await users(needs, ['key calls']);
  return {
    workloads: [...app.workloads, ...callers.workloads],
    signal: app.signal,
    stop: async () => void (await Promise.all([app.stop(), callers.stop()])),
  };
}

/** By key of the secret. */
const keyOf = {
  sessions: 'SECRET_KEY',
  logins: 'DB_PASSWORD',
  'key calls': 'TWILIO_API_KEY_SECRET',
} as const;

async function users(
  { stack, show, signal }: Needs,
  uses: readonly (UseName & keyof typeof keyOf)[],
): Promise<Users> {
  const surroundings = await show.during(
    `Start ${uses.join(' and ')} by keyturn/app`,
    surroundingsAt(whereaboutsOf(stack)),
  );
  const workloads = uses.map((use) => {
    const consumer = consumers[use](surroundings);
    return { key: keyOf[use], pauseMs, request: () => consumer.application() };
  });
  return { workloads, signal, stop: () => surroundings.close() };
}

async function applicationAndVisitors({ stack, show, read, signal }: Needs): Promise<Users> {
  const app = await show.during(
    'Start the example application, which reads its secret by keyturn/app',
    startReminderApp({ stack, variables: eachQueryLogsIn, signal }),
  );
  const accountSid = String((await read())['TWILIO_ACCOUNT_SID']);
  const end = failingWith(app.died, signal);
  const { url } = app;
  return {
    workloads: reminderAppWorkloads({ url, signal: end, twilio: stack.twilio, accountSid }),
    signal: end,
    stop: async () => void (await app.stop()),
  };
}
