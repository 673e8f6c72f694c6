import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../src/cli/failure.ts';
import { rollback } from '../../src/cli/rollback.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { realClock } from '../../src/local/clock.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { createLambda } from '../../src/local/lambda/create-lambda.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { runKeyturn } from './run-keyturn.ts';
import { stubEnvironment } from './stub-environment.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate';
const rolledBack = {
  outcome: 'rolled-back',
  from: 'f'.repeat(32),
  to: '0'.repeat(32),
  switchGapMs: 812,
};

const behaviour: { answer: () => unknown } = { answer: () => rolledBack };
const events: unknown[] = [];
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const clientConfig = () => ({ endpoint: server.url, region: 'us-east-1', credentials });
let server: HttpServer;
let arn = '';
const close: (() => unknown)[] = [];

beforeAll(async () => {
  const functions = new Map([
    [
      functionArn,
      async (event: unknown) => {
        events.push(event);
        return behaviour.answer();
      },
    ],
  ]);
  const manager = createSecretsManager({ clock: realClock, functions });
  const lambda = createLambda({ clock: realClock, functions });
  server = await serveHttp(createAwsEndpoint([manager.service, lambda.service]));
  arn = manager.createSecret({ name: 'shop/production', secretString: '{"A":"b"}' }).arn;
  manager.beginRotation(arn, { token: 'a'.repeat(32), functionArn });
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials,
  });
  await client.send(new CreateSecretCommand({ Name: 'shop/unrotated', SecretString: '{}' }));
  client.destroy();
  close.push(
    () => server.close(),
    () => manager.close(),
    () => lambda.close(),
  );
});
afterAll(async () => {
  for (const each of close) await each();
});

const keyturn = (...args: string[]) => {
  events.length = 0;
  return runKeyturn({ clientConfig: clientConfig() }, ...args);
};

const failing = (code: 'ROLLBACK_REFUSED' | 'UNREACHABLE', message: string) => () => {
  throw new RotationError(code, message);
};

describe('what it says', () => {
  test('to a person: who and from where on stderr, what happened on stdout', async () => {
    behaviour.answer = () => rolledBack;

    const { exitCode, stdout, stderr } = await keyturn('rollback', 'shop/production', '--yes');

    expect(exitCode).toBe(0);
    expect(events).toEqual([{ Operation: 'rollback', SecretId: arn }]);
    expect(stderr).toContain('shop/production, rotated by keyturn-rotate');
    expect(stdout).toContain(`${rolledBack.to} is current again, ${rolledBack.from} is undone.`);
    expect(stdout).toContain('for 812 ms');
  });

  test('that there was nothing left to do', async () => {
    behaviour.answer = () => ({ ...rolledBack, outcome: 'already-rolled-back', switchGapMs: 0 });

    const { exitCode, stdout } = await keyturn('rollback', arn, '--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('was rolled back already');
  });

  test('to a script: one document', async () => {
    behaviour.answer = () => rolledBack;

    const { stdout } = await keyturn('rollback', 'shop/production', '--yes', '--json');

    expect(JSON.parse(stdout)).toEqual({ secret: 'shop/production', ...rolledBack });
  });
});

describe('exit code 1, with the code and advice of the function', () => {
  test('where it refuses', async () => {
    behaviour.answer = failing('ROLLBACK_REFUSED', 'The grace is over. Rotate instead.');

    const { exitCode, stdout, stderr } = await keyturn('rollback', 'shop/production', '--yes');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('The grace is over. Rotate instead. [ROLLBACK_REFUSED]');
  });

  test('where it may be tried again', async () => {
    behaviour.answer = failing('UNREACHABLE', 'No answer.');

    const { exitCode, stdout, stderr } = await keyturn(
      'rollback',
      'shop/production',
      '--yes',
      '--json',
    );

    expect(exitCode).toBe(1);
    expect(stderr).toContain('run the same command again');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'UNREACHABLE' });
  });

  test.each([
    ['a secret that is not there', 'shop/nowhere', 'There is no secret shop/nowhere'],
    ['a secret that nothing rotates', 'shop/unrotated', 'No function rotates shop/unrotated'],
  ])('for %s', async (_what, secret, message) => {
    const { exitCode, stderr } = await keyturn('rollback', secret, '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(events).toEqual([]);
  });

  test('for a function that knows no rollback', async () => {
    behaviour.answer = () => undefined;

    const { exitCode, stderr } = await keyturn('rollback', 'shop/production', '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Deploy the version of Keyturn that belongs to this command');
  });
});

describe('exit code 2', () => {
  test.each([
    ['without a secret', ['rollback'], "missing required argument 'secret'"],
    ['with two', ['rollback', 'one', 'two'], 'too many arguments'],
    ['for an unknown option', ['rollback', 'one', '--force'], "unknown option '--force'"],
    ['for an unknown command', ['rollbakc', 'one'], "unknown command 'rollbakc'"],
    ['without a command', [], 'Usage: keyturn'],
    ['without a terminal and without --yes', ['rollback', 'shop/production'], 'Add --yes'],
  ])('%s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await keyturn(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(events).toEqual([]);
  });
});

describe('on a terminal', () => {
  beforeAll(() => {
    stubEnvironment({ clientConfig: clientConfig() });
    behaviour.answer = () => rolledBack;
    return () => vi.unstubAllEnvs();
  });

  test.each([
    { says: true, yes: false, asked: 1, invoked: 1 },
    { says: false, yes: false, asked: 1, invoked: 0 },
    { says: false, yes: true, asked: 0, invoked: 1 },
  ])('says $says, --yes $yes: invoked $invoked times', async ({ says, yes, asked, invoked }) => {
    events.length = 0;
    const { person, confirm } = personSaying(says);

    const options = { secret: 'shop/production', json: false, yes };
    const outcome = await rollback(options, person).catch((error: unknown) => error);

    expect(confirm).toHaveBeenCalledTimes(asked);
    expect(events).toHaveLength(invoked);
    expect(outcome instanceof Error && !(outcome instanceof UsageError)).toBe(invoked === 0);
  });
});

test.each([
  ['--help', 'rollback [options] <secret>'],
  ['rollback --help', 'keyturn rollback reminder-app/production'],
])('%s', async (args, text) => {
  const { exitCode, stdout } = await keyturn(...args.split(' '));

  expect(exitCode).toBe(0);
  expect(stdout).toContain(text);
});

test('runs as npx keyturn in a clone', async () => {
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const { stdout } = await promisify(execFile)('npx', ['keyturn', '--help'], { cwd });

  expect(stdout).toContain('Usage: keyturn');
});

function personSaying(yes: boolean) {
  const confirm = vi.fn<Terminal['confirm']>(async () => yes);
  const person: Terminal = {
    interactive: true,
    tell: () => undefined,
    answer: async () => undefined,
    ask: async () => '',
    confirm,
    askHidden: async () => new Map(),
  };
  return { person, confirm };
}
