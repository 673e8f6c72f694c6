import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { json, text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { Gate, type Fault } from '../support/gate.ts';
import { localSecrets, refusing, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';

let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
});
beforeEach(() => secrets.calm());
afterAll(() => secrets.close());

interface Run {
  readonly name: string;
  readonly fault: Fault;
  readonly signal: NodeJS.Signals;
}

/** The command, which gets a signal while its second call, the creation, is under way. */
async function interrupted({ name, fault, signal }: Run) {
  const gate = new Gate({ at: 2, fault });
  onTestFinished(() => gate.close());
  const { port } = await gate.to('secretsmanager', secrets.place);
  const clientConfig = { ...secrets.clientConfig, endpoint: `http://127.0.0.1:${port}` };
  const args = [command, 'init', name, '--from-file', '-', '--yes', '--json', '--no-files'];
  const child = spawn(process.execPath, args, { env: environmentOf({ clientConfig }) });
  child.stdin.end(JSON.stringify(sample));
  const printed = Promise.all([json(child.stdout), text(child.stderr), once(child, 'close')]);

  await gate.reached;
  child.kill(signal);
  // Whoever presses once presses twice.
  child.kill(signal);

  const [answer, stderr] = await printed;
  expectSilent(JSON.stringify(answer) + stderr, [...samples, ...secrets.sent]);
  return { answer, stderr, exitCode: child.exitCode };
}

const failed = (code: string, message: string) => ({
  outcome: 'failed',
  code,
  message: expect.stringContaining(message),
});

test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])(
  'at %s, a creation whose answer does not come is looked up, and told',
  async (signal) => {
    const name = `interrupted/${signal}`;
    const { answer, stderr, exitCode } = await interrupted({ name, fault: 'held', signal });

    expect(exitCode).toBe(130);
    expect(answer).toEqual({
      ...failed('INTERRUPTED_CREATED', 'was created: arn:'),
      secret: name,
      arn: await secrets.arnOf(name),
      versionId: secrets.manager.inspect(name)?.versionId,
    });
    expect(stderr).toContain('[INTERRUPTED_CREATED]');
  },
);

test('a creation that did not happen is said not to have', async () => {
  const name = 'interrupted/early';
  const { answer, exitCode } = await interrupted({ name, fault: 'waits', signal: 'SIGINT' });

  expect(exitCode).toBe(130);
  expect(answer).toEqual(failed('INTERRUPTED', `The secret ${name} was not created`));
  expect(secrets.isThere(name)).toBe(false);
});

test('where it cannot be looked up, it is said not to be known', async () => {
  let looks = 0;
  secrets.interference.before = (operation) =>
    operation === 'DescribeSecret' && looks++ > 0 ? refusing('InternalError', '', 503) : undefined;

  const name = 'interrupted/unknown';
  const { answer, exitCode } = await interrupted({ name, fault: 'held', signal: 'SIGINT' });

  expect(exitCode).toBe(130);
  expect(answer).toEqual(failed('INTERRUPTED_UNKNOWN', 'Run the same command again'));
});
