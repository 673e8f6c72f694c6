import { createHmac, timingSafeEqual } from 'node:crypto';
import twilio from 'twilio';
import { logInToPostgres } from '../../rotators/log-in-to-postgres.ts';
import { serveHttp } from '../http-server.ts';
import { production } from '../stack/environments.ts';
import type { Stack } from '../stack/stack.ts';
import type { PublishedSecret, ReadSecret } from './published-secret.ts';
import type { Workload } from './traffic.ts';

const pauseMs = 15;

/** What the Reminder App does all day, on the published secret, without any cache. */
export async function reminderAppWorkloads(
  stack: Stack,
  read: ReadSecret,
): Promise<readonly Workload[]> {
  return [
    databaseLogins(stack, read),
    sessions(read),
    twilioCalls(stack, read),
    await twilioWebhooks(stack, read),
  ];
}

/** Logs in with the published password, a new connection each time. */
function databaseLogins({ postgres }: Stack, read: ReadSecret): Workload {
  const { dbUser, dbName } = production;
  return {
    key: 'DB_PASSWORD',
    pauseMs,
    async request() {
      const { DB_PASSWORD: password } = await read();
      const verdict = await logInToPostgres({
        host: postgres.host,
        port: postgres.port,
        user: dbUser,
        password,
        database: dbName,
        tls: 'off',
        signal: AbortSignal.timeout(5_000),
      });
      return verdict === 'accepted';
    },
  };
}

/** Sessions of five seconds: signed with the current key, verified with it and its fallbacks. */
function sessions(read: ReadSecret): Workload {
  const open: { readonly user: string; readonly signature: string; readonly at: number }[] = [];
  return {
    key: 'SECRET_KEY',
    pauseMs,
    async request() {
      const secret = await read();
      const user = `user-${open.length}`;
      open.push({ user, signature: sign(user, secret.SECRET_KEY), at: Date.now() });
      while ((open[0]?.at ?? Infinity) < Date.now() - 5_000) open.shift();

      const oldest = open[0];
      return oldest !== undefined && verifies(oldest, secret);
    },
  };
}

const sign = (user: string, key: string) => createHmac('sha256', key).update(user).digest('hex');

function verifies(
  { user, signature }: { user: string; signature: string },
  secret: PublishedSecret,
) {
  return [secret.SECRET_KEY, ...secret.SECRET_KEY_FALLBACKS].some((key) =>
    timingSafeEqual(Buffer.from(sign(user, key)), Buffer.from(signature)),
  );
}

/** Sends a message with the published token. */
function twilioCalls({ twilioUrl }: Stack, read: ReadSecret): Workload {
  return {
    key: 'TWILIO_AUTH_TOKEN',
    pauseMs,
    async request() {
      const secret = await read();
      const client = clientFor(secret, twilioUrl);
      const reminder = { to: '+15005550006', from: '+15005550001', body: 'Your reminder' };
      const { sid } = await client.messages.create(reminder);
      return sid.startsWith('SM');
    },
  };
}

function clientFor({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN }: PublishedSecret, url: string) {
  const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { region: '', edge: '' });
  client.api.baseUrl = url;
  return client;
}

/** Twilio signs a webhook with its primary token; the receiver accepts current and previous. */
async function twilioWebhooks(stack: Stack, read: ReadSecret): Promise<Workload> {
  const receiver = await serveHttp(async (request) => {
    const signature = request.headers.get('x-twilio-signature') ?? '';
    const params = Object.fromEntries(new URLSearchParams(await request.text()));
    const tokens = await acceptedTokens(read);
    const valid = tokens.some((token) => twilio.validateRequest(token, signature, url, params));
    return new Response(null, { status: valid ? 204 : 403 });
  });
  const url = `${receiver.url}/sms`;

  return {
    key: 'TWILIO_AUTH_TOKEN',
    pauseMs: 2 * pauseMs,
    async request() {
      const { TWILIO_ACCOUNT_SID: sid } = await read();
      const { status } = await stack.twilio.webhooks.send(sid, url, { Body: 'STOP' });
      return status === 204;
    },
    close: () => receiver.close(),
  };
}

async function acceptedTokens(read: ReadSecret): Promise<readonly string[]> {
  const current = (await read()).TWILIO_AUTH_TOKEN;
  // Before the first rotation there is no previous version.
  const previous = await read('AWSPREVIOUS').catch(() => undefined);
  return previous ? [current, previous.TWILIO_AUTH_TOKEN] : [current];
}
