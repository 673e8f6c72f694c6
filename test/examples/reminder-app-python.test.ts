import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import twilio from 'twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localRegion } from '../../src/local/aws-service.ts';
import { realClock } from '../../src/local/clock.ts';
import { Visitor } from '../../src/local/demo/visitor.ts';
import { credentialsOf } from '../../src/local/iam/guard.ts';
import { production } from '../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import type { Values } from '../stack/support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = ['python3', 'examples/reminder-app-python/app.py'] as const;

const settings = {
  SECRET_KEY: 'the key of now',
  DB_PASSWORD: 'the password of now',
  TWILIO_AUTH_TOKEN: 'the token of now',
};
const form = { Body: 'STOP', From: '+15005550011', Media: 'über, & =' };

const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await end(child);
});

describe.skipIf(!hasPython())('the Python app (skipped where python3 is not on PATH)', () => {
  it('keeps who is logged in, in a cookie that it signs', async () => {
    const app = await start(settings);
    const visitor = await loggedIn(app, 'Ada');

    expect(await visitor.get('/me')).toEqual({ name: 'Ada' });
    expect(await me(app, visitor.cookie)).toBe(200);
    expect(await me(app, visitor.cookie.replace(/\.[0-9a-f]/, '.g'))).toBe(401);
    expect(await me(app, `session=e30.${'0'.repeat(64)}`)).toBe(401);
    expect(await me(app, 'session=é.é')).toBe(401);
    expect(await me(app, '')).toBe(401);
  });

  it.each([
    ['is among the fallbacks', { SECRET_KEY_FALLBACKS: '["newer", "the key of now"]' }, 200],
    ['is the previous one', { SECRET_KEY_PREVIOUS: 'the key of now' }, 200],
    [
      'was taken off the fallbacks, although it is the previous one',
      { SECRET_KEY_FALLBACKS: '[]', SECRET_KEY_PREVIOUS: 'the key of now' },
      401,
    ],
    ['is known no more', {}, 401],
  ])('answers a session whose key %s', async (_what, earlier, status) => {
    const { cookie } = await loggedIn(await start(settings), 'Ada');
    const later = await start({ ...settings, SECRET_KEY: 'the key of later', ...earlier });

    expect(await me(later, cookie)).toBe(status);
  });

  it.each([
    ['the current token', 'the token of now', 200],
    ['the previous token', 'the token of before', 200],
    ['another token', 'some token', 403],
  ])('answers a webhook that is signed with %s', async (_what, token, status) => {
    const app = await start({ ...settings, TWILIO_AUTH_TOKEN_PREVIOUS: 'the token of before' });
    expect(await webhook(app, `${app.url}/sms?via=test`, token)).toBe(status);
  });

  it('verifies a webhook by the URL that the world has, behind a proxy', async () => {
    const app = await start({ ...settings, PUBLIC_URL: 'https://reminders.example' });
    const token = settings.TWILIO_AUTH_TOKEN;

    expect(await webhook(app, 'https://reminders.example/sms?via=test', token)).toBe(200);
    expect(await webhook(app, `${app.url}/sms?via=test`, token)).toBe(403);
  });

  it.each([
    ['/login', '{"name":""}', 400],
    ['/login', '["Ada"]', 400],
    ['/login', 'no JSON', 400],
    ['/login', 'a'.repeat(20_001), 413],
    ['/nothing', '{}', 404],
  ])('refuses a POST to %s of %.12s with %i', async (path, body, status) => {
    const app = await start(settings);
    const answer = await fetch(app.url + path, { method: 'POST', body });

    expect([answer.status, await answer.json()]).toEqual([status, { error: expect.any(String) }]);
  });

  it.each(['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN'])(
    'does not start without %s, and names it',
    async (name) => {
      await expect(start({ ...settings, [name]: '' })).rejects.toThrow(`${name} is not set.`);
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at %s with 0', async (signal) => {
    const { child } = await start(settings);
    child.kill(signal);

    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe.skipIf(!hasPython())('the same under keyturn exec --previous', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ clock: realClock, grace: '60s', enforceIam: true });
  });
  afterAll(() => stack.stop());

  it('verifies sessions and webhooks of before the rotation, once started again', async () => {
    const before = await execute(stack);
    const { cookie } = await loggedIn(before, 'Ada');
    expect(await fromTwilio(stack, before)).toBe(200);
    await rotate(stack);
    const after = await execute(stack);

    expect(await me(after, cookie)).toBe(200);
    // The grace runs, so Twilio signs with the superseded token still.
    expect(await fromTwilio(stack, after)).toBe(200);
    expect(stack.iam?.report().denied).toEqual([]);
  });

  it('is started again upon a rotation by --watch, and users stay logged in', async () => {
    const app = await execute(stack, '--watch', '--every', '1s');
    const { cookie } = await loggedIn(app, 'Ada');
    await rotate(stack);

    const later = { ...app, url: await app.listens() };
    expect(later.url).not.toBe(app.url);
    expect(await me(later, cookie)).toBe(200);
    expect(await fromTwilio(stack, later)).toBe(200);
  });
});

interface App {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves with its next address, each time that it says one. */
  listens(): Promise<string>;
}

/** Runs it with the environment that an application has whose role may read the secret. */
function execute({ awsUrl }: Stack, ...options: readonly string[]): Promise<App> {
  const { accessKeyId, secretAccessKey } = credentialsOf(production.applicationRole);
  const keyturn = [process.execPath, 'src/cli/keyturn.ts', 'exec', '--previous'] as const;
  return launch([...keyturn, ...options, '--', ...program], {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    KEYTURN_SECRET_ID: production.secretName,
    PORT: '0',
  });
}

async function rotate({ clientConfig, secretsManager }: Stack): Promise<void> {
  const client = new SecretsManagerClient(clientConfig);
  const { secretName: SecretId, rotateArn: RotationLambdaARN } = production;
  await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN }));
  await secretsManager.idle();
  client.destroy();
}

/** A webhook that Twilio itself signs. */
async function fromTwilio({ secretsManager, twilio: standIn }: Stack, { url }: App) {
  const text = secretsManager.inspect(production.secretName)?.secretString ?? '';
  const { TWILIO_ACCOUNT_SID: sid }: Values = JSON.parse(text);
  return (await standIn.webhooks.send(sid, `${url}/sms`, form)).status;
}

const start = (variables: Readonly<Record<string, string>>): Promise<App> =>
  launch(program, { ...variables, PORT: '0' });

/** Resolves when it listens; throws what it said where it ends instead. */
async function launch(
  [file, ...args]: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
): Promise<App> {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function listens() {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`It ended: ${said.join('')}`);
    return line.replace('listening on ', '');
  }
  return { child, listens, url: await listens() };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

async function loggedIn(app: App, name: string): Promise<Visitor> {
  const visitor = new Visitor(app);
  await visitor.post('/login', { name });
  return visitor;
}

const me = async ({ url }: App, cookie: string) =>
  (await fetch(`${url}/me`, { headers: { cookie: encodeURI(cookie) } })).status;

/** Posts a form that is signed as for the given URL. */
async function webhook({ url }: App, signed: string, token: string): Promise<number> {
  const signature = twilio.getExpectedTwilioSignature(token, signed, form);
  const answer = await fetch(`${url}/sms?via=test`, {
    method: 'POST',
    headers: { 'x-twilio-signature': signature },
    body: new URLSearchParams(form),
  });
  return answer.status;
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
