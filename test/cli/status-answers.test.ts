import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import { type Endpoint, runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:some-rotation';
const value = 'a-password-that-the-function-quotes';
const sound = {
  secret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/sound-a1B2c3',
  name: 'shop/sound',
  at: '2026-06-15T12:00:00.000Z',
  rotationEnabled: true,
  versions: [],
  keys: [],
};

/** What the function answers about shop/odd, and its error's kind. */
const behaviour: { body: string; error?: string | undefined; until?: Promise<void> | undefined } = {
  body: '',
};
let held = 0;
let server: HttpServer;
const close: (() => unknown)[] = [];

beforeAll(async () => {
  const functions = new Map([[functionArn, async () => undefined]]);
  const manager = createSecretsManager({ clock: realClock, functions });
  for (const name of ['shop/odd', 'shop/sound']) {
    manager.createSecret({ name, secretString: '{"A":"b"}' });
    manager.beginRotation(name, { token: 'a'.repeat(32), functionArn });
  }
  const answer = createAwsEndpoint([manager.service]);
  server = await serveHttp(async (request) => {
    if (!request.url.endsWith('/invocations')) return answer(request);
    const { SecretId } = Object(await request.json());
    if (!String(SecretId).includes('shop/odd')) return Response.json(sound);
    held += 1;
    await behaviour.until;
    const headers = behaviour.error ? { 'x-amz-function-error': behaviour.error } : {};
    return new Response(behaviour.body, { headers });
  });
  close.push(
    () => server.close(),
    () => manager.close(),
  );
});
afterAll(async () => {
  for (const each of close) await each();
});
beforeEach(() => {
  held = 0;
  Object.assign(behaviour, { body: '', error: undefined, until: undefined });
});

const endpoint = (url = server.url): Endpoint => ({
  clientConfig: {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  },
});

async function looked() {
  const names = ['shop/odd', 'shop/sound'];
  const { stdout, stderr } = await runKeyturn(endpoint(), 'status', '--json', ...names);
  expect(stdout + stderr).not.toContain(value);
  const { secrets } = JSON.parse(stdout);
  const [odd, other] = secrets;
  expect(other.inspectedAt).toBe(sound.at);
  return { stdout, finding: odd.findings[0] };
}

describe('an answer that is none leaves the other secrets told', () => {
  test.each([
    ['half of a document', '{"secret":"arn'],
    ['a page', `<html>${value}</html>`],
    ['another document', JSON.stringify({ [value]: value })],
    ['a time that is none', JSON.stringify({ ...sound, at: value })],
  ])('%s', async (_what, body) => {
    behaviour.body = body;

    const { finding } = await looked();

    expect(finding).toMatchObject({ finding: 'not-asked', code: 'UNEXPECTED' });
  });
});

function errorOf(errorType: string, errorMessage: string): void {
  const body = JSON.stringify({ errorType, errorMessage });
  Object.assign(behaviour, { body, error: 'Unhandled' });
}

describe('an error', () => {
  test("of Keyturn's own is told", async () => {
    errorOf('RotationError[CONFIG_INVALID]', 'Correct the configuration.');

    const { finding } = await looked();

    expect(finding).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Correct the configuration.',
    });
  });

  test("of somebody else's is told by its kind alone", async () => {
    errorOf('Runtime.ImportModuleError', `Could not log in with ${value}`);

    const { finding } = await looked();

    expect(finding.code).toBe('UNEXPECTED');
    expect(finding.message).toContain('ended with Runtime.ImportModuleError. Its log says more.');
  });

  test.each([
    ['a kind that is a sentence', `no login with ${value}`, 'x'],
    ['megabytes', 'RotationError[UNREACHABLE]', 'x'.repeat(3_000_000)],
  ])('with %s stays short', async (_what, errorType, errorMessage) => {
    errorOf(errorType, errorMessage);

    const { stdout } = await looked();

    expect(stdout.length).toBeLessThan(10_000);
  });
});

test('the password in the address of an endpoint is not shown', async () => {
  const url = new URL(server.url);
  Object.assign(url, { username: 'somebody', password: value });

  const { stdout, stderr } = await runKeyturn(endpoint(url.href), 'status', 'shop/sound');

  expect(stderr).toContain(`this goes to ${server.url}, and not to AWS.`);
  expect(stdout + stderr).not.toContain(value);
});

test('Ctrl-C while a function is asked ends it with one document', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  behaviour.until = promise;
  const running = startKeyturn(endpoint(), 'status', 'shop/odd', 'shop/sound', '--json');
  await vi.waitFor(() => expect(held).toBe(1), { timeout: 20_000 });
  running.child.kill('SIGINT');

  const { exitCode, stdout } = await running.ended();
  resolve();

  expect(exitCode).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'INTERRUPTED' });
});
