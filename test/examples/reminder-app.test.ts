import { once } from 'node:events';
import { connect } from 'node:net';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../../src/local/clock.ts';
import {
  type ReminderApp,
  type ReminderAppOptions,
  startReminderApp,
} from '../../src/local/demo/reminder-app-process.ts';
import { Visitor } from '../../src/local/demo/visitor.ts';
import { production } from '../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import type { Values } from '../stack/support.ts';
import { relayTo } from './relay.ts';

const reminder = { text: 'Water the plants', to: '+15005550006' };
const form = { Body: 'STOP', From: '+15005550011' };

let stack: Stack;
let app: ReminderApp;
let client: SecretsManagerClient;

beforeAll(async () => {
  stack = await startStack({ clock: realClock, grace: '2s', enforceIam: true });
  client = new SecretsManagerClient(stack.clientConfig);
  app = await start();
});

afterAll(async () => {
  await app.stop();
  client.destroy();
  await stack.stop();
});

const start = (options: Omit<ReminderAppOptions, 'stack'> = {}) =>
  startReminderApp({
    stack,
    ...options,
    variables: { DB_POOL_MAX_USES: '1', ...options.variables },
  });

describe('sessions', () => {
  it('know who logged in, until they are ended', async () => {
    const ada = await loggedIn('Ada');
    expect(await ada.get('/me')).toEqual({ name: 'Ada' });

    expect(await status('/logout', { method: 'POST', headers: { cookie: ada.cookie } })).toBe(204);
  });

  it('are only what was signed', async () => {
    const { cookie } = await loggedIn('Ada');
    const forged = Buffer.from('{"name":"Bob"}').toString('base64');
    const tampered = cookie.replace(/session=[^;]+/, `session=${forged}`);

    expect(await answer('/me', { headers: { cookie } })).toEqual([200, { name: 'Ada' }]);
    expect(tampered).not.toBe(cookie);
    expect(await answer('/me', { headers: { cookie: tampered } })).toEqual([401, logInFirst]);
    expect(await answer('/me')).toEqual([401, logInFirst]);
  });

  it('are by HTTPS alone where the world reaches the app by it', async () => {
    await using secured = await another({ PUBLIC_URL: 'https://reminders.example' });
    const headers = { 'content-type': 'application/json', 'x-forwarded-proto': 'https' };
    const request = { method: 'POST', headers, body: '{"name":"Ada"}' };
    const { headers: answered } = await fetch(`${secured.url}/login`, request);

    expect(answered.getSetCookie()).toHaveLength(2);
    for (const line of answered.getSetCookie()) expect(line).toMatch(/; secure; httponly$/);
  });
});

describe('reminders', () => {
  it('are kept, and seen by their owner alone', async () => {
    const [ada, bob] = [await loggedIn('Ada'), await loggedIn('Bob')];
    const kept = await ada.post('/reminders', reminder);

    expect(kept).toEqual({ id: expect.stringMatching(/^\d+$/), ...reminder, sentAt: null });
    expect(await ada.get('/reminders')).toContainEqual(kept);
    expect(await bob.get('/reminders')).toEqual([]);
    expect(await send(bob, kept)).toEqual([404, { error: 'You have no such reminder.' }]);
  });

  it('are sent as text messages by Twilio, and remember it', async () => {
    const carol = await loggedIn('Carol');
    const kept = await carol.post('/reminders', reminder);

    expect(await send(carol, kept)).toEqual([
      200,
      { message: expect.stringMatching(/^SM\w{32}$/) },
    ]);
    expect(await carol.get('/reminders')).toEqual([
      { ...reminder, id: idOf(kept), sentAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  it.each([
    ['a name that is none', '/login', '{"name":"  "}'],
    ['a name that is too long', '/login', JSON.stringify({ name: 'a'.repeat(65) })],
    ['a body that is no JSON', '/login', '{"name": unquoted-and-private}'],
    ['a body that is a list', '/login', '["Ada"]'],
    ['a reminder without a text', '/reminders', '{"to":"+15005550006"}'],
    ['a reminder with a NUL in its text', '/reminders', '{"to":"+15005550006","text":"a\\u0000"}'],
    ['a number that is none', '/reminders', '{"to":"0800","text":"Hello"}'],
  ])('refuse %s with 400, and do not repeat it', async (_what, path, body) => {
    const { cookie } = await loggedIn('Ada');
    const headers = { cookie, 'content-type': 'application/json' };
    const [code, content] = await answer(path, { method: 'POST', headers, body });

    expect(code).toBe(400);
    expect(content).toEqual({ error: expect.any(String) });
    expect(JSON.stringify(content)).not.toContain('private');
  });

  it.each([
    ['GET', '/reminders', 401],
    ['POST', '/reminders', 401],
    ['POST', '/reminders/1/send', 401],
    ['GET', '/nothing', 404],
    ['DELETE', '/me', 404],
  ])('answer %s %s of a stranger with %i', async (method, path, code) => {
    expect(await answer(path, { method })).toEqual([code, { error: expect.any(String) }]);
  });
});

describe('webhooks', () => {
  it('of Twilio end the messages to a number at STOP, and begin them again at START', async () => {
    const dora = await loggedIn('Dora');
    const kept = await dora.post('/reminders', { ...reminder, to: form.From });

    expect(await fromTwilio({ ...form, Body: ' stop ' })).toEqual({
      status: 200,
      body: '<Response/>',
    });
    expect(await send(dora, kept)).toEqual([409, { error: 'That number wants no messages.' }]);
    await fromTwilio(form);
    await fromTwilio({ ...form, Body: 'START' });
    expect(await send(dora, kept)).toEqual([200, { message: expect.any(String) }]);
  });

  it.each([
    ['no signature', {}],
    ['the signature of somebody else', { 'x-twilio-signature': 'c29tZWJvZHkgZWxzZQ==' }],
  ])('with %s are refused', async (_what, headers) => {
    const request = { method: 'POST', headers, body: new URLSearchParams(form) };
    const refusal = { error: 'This was not signed by Twilio.' };
    expect(await answer('/sms', request)).toEqual([403, refusal]);
  });

  it('verify by the URL that the world has, behind a proxy', async () => {
    await using behind = await another({ PUBLIC_URL: 'https://reminders.example/' });
    const { TWILIO_AUTH_TOKEN: token } = await secret();
    const post = (signed: string) =>
      fetch(`${behind.url}/sms?via=proxy`, {
        method: 'POST',
        headers: {
          'x-twilio-signature': twilio.getExpectedTwilioSignature(token, signed, form),
        },
        body: new URLSearchParams(form),
      });

    expect(await post('https://reminders.example/sms?via=proxy')).toHaveProperty('status', 200);
    expect(await post(`${behind.url}/sms?via=proxy`)).toHaveProperty('status', 403);
  });
});

describe('the database', () => {
  it.each([
    [1],
    // The pool has ten connections, for which the others wait.
    [40],
  ])(
    'takes the pending password in the switch gap, and none of %i visitors notices',
    async (count) => {
      const names = Array.from({ length: count }, (_one, number) => `visitor-${number}`);
      const visitors = await Promise.all(names.map(loggedIn));
      const everybody = () => Promise.all(visitors.map(threeTimes));
      const before = await secret();
      const DB_PASSWORD = `pending-until-it-is-published-${count}`;
      await put({ ...before, DB_PASSWORD }, 'AWSPENDING');

      await stack.postgres.setPassword(production.dbUser, DB_PASSWORD);
      expect(await everybody()).toHaveLength(count);
      await stack.postgres.setPassword(production.dbUser, before.DB_PASSWORD);
      expect(await everybody()).toHaveLength(count);
    },
  );

  it('is missed with 503 while it is away, and used again when it is back', async () => {
    await using line = await relayTo(stack.postgres);
    await using cut = await another({ PGPORT: String(line.port) });
    const ada = new Visitor(cut);
    await ada.post('/login', { name: 'Ada' });
    const asked = async (path: string) => {
      const response = await fetch(cut.url + path, { headers: { cookie: ada.cookie } });
      return [response.status, await response.json()];
    };

    await line.close();
    const away = { error: 'The database cannot be reached. Try again in a moment.' };
    expect(await asked('/reminders')).toEqual([503, away]);
    expect(await asked('/healthz')).toEqual([503, away]);
    expect(await asked('/me')).toEqual([200, { name: 'Ada' }]);
    expect(cut.output()).toContain('GET /reminders: 503, HttpError, by Error ECONNREFUSED');

    await line.open();
    expect(await asked('/reminders')).toEqual([200, expect.any(Array)]);
    expect(await asked('/healthz')).toEqual([
      200,
      { status: 'ok', secretVersion: expect.any(String), secretAgeMs: expect.any(Number) },
    ]);
  });
});

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends at %s with 0', async (signal) => {
    const one = await start();
    process.kill(one.pid ?? 0, signal);

    expect((await one.died).message).toContain('ended (0)');
    await expect(fetch(`${one.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('takes its credentials from the environment outside of production', async () => {
    const { SECRET_KEY, DB_PASSWORD, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = await secret();
    const credentials = { SECRET_KEY, DB_PASSWORD, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN };
    const nowhere = { ENV: 'development', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    await using one = await another({ ...nowhere, ...credentials });
    const ada = new Visitor(one);
    await ada.post('/login', { name: 'Ada' });

    expect(await ada.get('/reminders')).toBeInstanceOf(Array);
  });

  it('answers what is under way before it ends', async () => {
    const one = await start();
    const slow = connect(Number(new URL(one.url).port), '127.0.0.1');
    const heard = once(slow, 'data');
    const head = 'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    slow.write(`${head}Content-Length: 14\r\n\r\n`);
    await fetch(`${one.url}/healthz`);

    const stopped = one.stop();
    await expect.poll(() => fetch(one.url).catch(() => 'refused')).toBe('refused');
    slow.write('{"name":"Ada"}');

    expect(String((await heard)[0])).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await stopped).toBe(0);
  });

  it.each([
    ['TWILIO_FROM', { TWILIO_FROM: 'somebody' }, 'TWILIO_FROM must be a phone number'],
    ['PORT', { PORT: 'http' }, 'PORT must be a whole number'],
    ['PUBLIC_URL', { PUBLIC_URL: 'reminders.example' }, 'PUBLIC_URL must be a URL'],
    ['the secret', { KEYTURN_SECRET_ID: 'reminder-app/other' }, 'SETTINGS_REQUIRED'],
    ['the database', { PGPORT: '1' }, 'The database cannot be reached'],
  ])('does not start without %s, and says why', async (_what, variables, said) => {
    await expect(start({ variables })).rejects.toThrow(said);
  });

  it('needs no permission but to read its own secret', () => {
    const { denied = [], unused = [] } = stack.iam?.report() ?? {};

    // One of them was told to read the secret of somebody else.
    expect(denied.filter(({ resource }) => !resource.includes('reminder-app/other'))).toEqual([]);
    expect(unused.filter((entry) => entry.startsWith(production.applicationRole))).toEqual([]);
  });

  it('says nothing of any value', async () => {
    const { DB_PASSWORD, SECRET_KEY, TWILIO_AUTH_TOKEN } = await secret();
    for (const value of [DB_PASSWORD, SECRET_KEY, TWILIO_AUTH_TOKEN]) {
      expect(app.output()).not.toContain(value);
    }
    expect(app.output()).toContain('listening on');
  });
});

const logInFirst = { error: 'Log in first.' };

async function loggedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(app);
  await visitor.post('/login', { name });
  return visitor;
}

const status = async (path: string, request?: RequestInit) =>
  (await fetch(app.url + path, request)).status;

async function answer(path: string, request?: RequestInit): Promise<[number, unknown]> {
  const response = await fetch(app.url + path, request);
  return [response.status, await response.json()];
}

async function threeTimes(visitor: Visitor): Promise<void> {
  for (let time = 1; time <= 3; time += 1) await visitor.get('/reminders');
}

const idOf = (kept: unknown): unknown => kept instanceof Object && Reflect.get(kept, 'id');

const send = ({ cookie }: Visitor, kept: unknown) =>
  answer(`/reminders/${String(idOf(kept))}/send`, { method: 'POST', headers: { cookie } });

async function fromTwilio(params: Record<string, string>) {
  const { TWILIO_ACCOUNT_SID: sid } = await secret();
  return stack.twilio.webhooks.send(sid, `${app.url}/sms`, params);
}

async function another(variables: Record<string, string>) {
  const started = await start({ variables });
  return { ...started, [Symbol.asyncDispose]: async () => void (await started.stop()) };
}

async function secret(): Promise<Values> {
  const input = { SecretId: production.secretName };
  const { SecretString = '' } = await client.send(new GetSecretValueCommand(input));
  return JSON.parse(SecretString);
}

const put = (values: Values, label: string) =>
  client.send(
    new PutSecretValueCommand({
      SecretId: production.secretName,
      SecretString: JSON.stringify(values),
      VersionStages: [label],
    }),
  );
