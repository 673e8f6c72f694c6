import { constants } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runChild } from '../../src/cli/exec/run-child.ts';
import { planStart } from '../../src/cli/exec/start-plan.ts';
import { supervise } from '../../src/cli/exec/supervise.ts';
import { watch } from '../../src/cli/exec/watch.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, type LocalSecrets, refusing, samples, sample } from './local-secrets.ts';
import { startKeyturn } from './start-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
});
afterEach(() => secrets.calm());
afterAll(() => secrets.close());

const often = ['--watch', '--every', '200ms'] as const;

/** Says each value it starts with, and waits. */
const waiting = 'echo "now $KEY, pid $$"; exec sleep 60';

const exec = (name: string, ...args: string[]) =>
  startKeyturn({ ...secrets, env: { KEYTURN_SECRET_ID: name } }, 'exec', ...args);

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('exec --watch', () => {
  test('starts the program again at a new version, with the new values', async () => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const running = exec(secret.name, ...often, '--previous', '--', 'sh', '-c', waiting);
    const [, first] = await running.said(/now one, pid (\d+)/);
    await secret.publish({ KEY: 'two' });
    const [, second] = await running.said(/now two, pid (\d+)/);
    await secret.publish({ KEY: 'three' });
    await running.said(/now three/);
    running.child.kill('SIGTERM');

    const { exitCode, stderr } = await running.ended();
    expect(exitCode).toBe(143);
    expect(stderr.match(/ is current\. The program is started again\.\n/g)).toHaveLength(2);
    expect([first, second].map((pid) => isAlive(Number(pid)))).toEqual([false, false]);
  });

  test('reads NAME_PREVIOUS anew as well', async () => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const script = 'echo "now $KEY, before ${KEY_PREVIOUS-none}"; exec sleep 60';
    const running = exec(secret.name, ...often, '--previous', '--', 'sh', '-c', script);
    await running.said(/now one, before none/);
    await secret.publish({ KEY: 'two' });

    await expect(running.said(/now two, before one/)).resolves.toBeDefined();
  });

  test('leaves the program alone while the version is the same', async () => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const running = exec(secret.name, ...often, '--', 'sh', '-c', waiting);
    await running.said(/now one/);
    const looks = () => secrets.calls.length;
    const before = looks();
    await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(before + 3);
    running.child.kill('SIGTERM');

    expect((await running.ended()).stdout.match(/now/g)).toHaveLength(1);
  });

  test('--signal tells the program, which runs on', async () => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const script = 'trap "echo told" HUP; echo "now $KEY"; while :; do sleep 0.05; done';
    const running = exec(secret.name, ...often, '--signal', 'HUP', '--', 'sh', '-c', script);
    await running.said(/now one/);
    await secret.publish({ KEY: 'two' });
    await running.said(/told/);
    running.child.kill('SIGTERM');

    const { exitCode, stdout } = await running.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 143, stdout: 'now one\ntold\n' });
  });

  test('ends with the program, and its exit code', async () => {
    const { name } = await storedSecret(secrets, { KEY: 'one' });
    const running = exec(name, '--watch', '--', 'sh', '-c', 'exit 7');

    expect(await running.ended()).toMatchObject({ exitCode: 7, signal: null });
  });

  test('ends while a look is under way', async () => {
    const { name } = await storedSecret(secrets, { KEY: 'one' });
    const running = exec(name, ...often, '--', 'sh', '-c', 'echo ready; read -r line; exit 7');
    await running.said(/ready/);
    const { promise, resolve } = Promise.withResolvers<void>();
    onTestFinished(() => resolve());
    secrets.interference.until = promise;
    const before = secrets.held();
    await expect.poll(secrets.held, { timeout: 10_000 }).toBeGreaterThan(before);
    running.child.stdin.end('\n');

    expect(await running.ended()).toMatchObject({ exitCode: 7 });
  });

  test('runs on through looks that fail, and says so', async () => {
    const secret = await storedSecret(secrets, { KEY: sample.DB_PASSWORD });
    const script = 'echo "pid $$"; exec sleep 60';
    const running = exec(secret.name, ...often, '--', 'sh', '-c', script);
    await running.said(/pid/);
    secrets.interference.before = () => refusing('AccessDeniedException');
    await running.said(/Looking for a new version failed \(ACCESS_DENIED\)\. The program runs on/);
    secrets.calm();
    await secret.publish({ KEY: 'two' });
    await running.said(/pid \d+\npid \d+\n/);
    running.child.kill('SIGTERM');

    const { exitCode, stderr } = await running.ended();
    expect(exitCode).toBe(143);
    expectSilent(stderr, samples);
  });

  test('runs on where the new version cannot be used', async () => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const running = exec(secret.name, ...often, '--', 'sh', '-c', waiting);
    await running.said(/now one/);
    await secret.publish({ KEY: 'nothing\0' });
    await running.said(/failed \(NOT_A_VARIABLE\)\. The program runs on/);
    await secret.publish({ KEY: 'three' });

    await expect(running.said(/now three/)).resolves.toBeDefined();
  });

  test('redacts the values of every version, with --redact', async () => {
    const secret = await storedSecret(secrets, { KEY: 'value-one' });
    const script = 'echo "now $KEY"; echo value-one value-two; exec sleep 60';
    const running = exec(secret.name, ...often, '--redact', '--', 'sh', '-c', script);
    await running.said(/now \[redacted KEY\]\n\[redacted KEY\] value-two\n/);
    await secret.publish({ KEY: 'value-two' });

    await expect(
      running.said(/now \[redacted KEY\]\n\[redacted KEY\] \[redacted KEY\]\n/),
    ).resolves.toBeDefined();
  });
});

const signals = (
  [
    ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const),
    ...(['SIGVTALRM', 'SIGXCPU', 'SIGPROF', 'SIGIO', 'SIGPWR', 'SIGTRAP', 'SIGSTKFLT'] as const),
  ] as const
).filter((signal) => signal in constants.signals);

describe('signals', () => {
  test.each(signals)('%s is passed on to a child, once', async (signal) => {
    const { name } = await storedSecret(secrets, { KEY: 'one' });
    const script = `
        trap 'echo heard' ${signal.slice(3)}; echo ready
        while ! read -r line; do :; done; echo "$line"; exit 9`;
    const running = exec(name, '--watch', '--', 'bash', '-c', script);
    await running.said(/ready/);
    running.child.kill(signal);
    await running.said(/heard/);
    running.child.stdin.end('done\n');

    const { exitCode, stdout } = await running.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 9, stdout: 'ready\nheard\ndone\n' });
  });

  const endings = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const;

  test.each(endings)('a %s during a restart is not followed by another start', async (ending) => {
    const secret = await storedSecret(secrets, { KEY: 'one' });
    const script = `
      trap 'test -n "$told" && exit 5; told=yes; echo stopping' TERM
      trap 'exit 5' INT QUIT HUP
      echo "now $KEY"; while :; do sleep 0.05; done`;
    const running = exec(secret.name, ...often, '--', 'sh', '-c', script);
    await running.said(/now one/);
    await secret.publish({ KEY: 'two' });
    await running.said(/stopping/);
    running.child.kill(ending);

    const { exitCode, stdout } = await running.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: 'now one\nstopping\n' });
  });
});

const listening = () => process.listenerCount('SIGTERM');

test('signals are heard before the program starts, and no longer where it does not', () => {
  const before = listening();
  let meanwhile = 0;
  const fail = () => {
    meanwhile = listening();
    throw new Error('not started');
  };

  expect(() => supervise({ start: fail, environment: {} })).toThrow('not started');
  expect([meanwhile, listening()]).toEqual([before + 1, before]);
});

const start = (script: string) => (environment: NodeJS.ProcessEnv) =>
  runChild({
    plan: planStart(['sh', '-c', script], process.env.PATH),
    environment: { PATH: process.env.PATH, ...environment },
  });

describe('a program that is started again', () => {
  test('is killed when it does not end by itself', async () => {
    const script = 'trap "" TERM; test "$TIME" = 2 && exit 3; while :; do sleep 0.02; done';
    const program = supervise({ start: start(script), environment: { TIME: '1' }, grace: 200 });
    program.restart({ TIME: '2' });

    expect(await program.ended).toBe(3);
  });

  test('gets the latest values, when there are newer ones by then', async () => {
    const script =
      'test "$TIME" = 1 || exit $TIME; trap "sleep 0.3; exit 0" TERM; while :; do sleep 0.02; done';
    const program = supervise({ start: start(script), environment: { TIME: '1' } });
    program.restart({ TIME: '2' });
    program.restart({ TIME: '3' });

    expect(await program.ended).toBe(3);
  });

  test('may be gone from the disk: then that is the end', async () => {
    const first = start('exec sleep 60');
    let starts = 0;
    const program = supervise({
      start: (environment) => {
        if ((starts += 1) === 1) return first(environment);
        return runChild({ plan: planStart(['keyturn-no-such'], ''), environment });
      },
      environment: {},
    });
    program.restart({});

    await expect(program.ended).rejects.toMatchObject({ code: 'PROGRAM_NOT_FOUND', exitCode: 127 });
  });
});

test('a look comes in the second half of the time, and later and later after failures', async () => {
  const pauses: number[] = [];
  const over = new AbortController();
  let looks = 0;
  await watch({
    every: 300_000,
    look: async () => {
      looks += 1;
      if (looks === 9) over.abort();
      if (looks > 1 && looks < 7) throw new Error('refused');
    },
    failed: () => undefined,
    clock: { random: () => 0.5, sleep: async (ms) => void pauses.push(ms) },
    signal: over.signal,
  });

  const usual = 225_000;
  expect(pauses).toEqual([usual, usual, 750, 1_500, 3_000, 6_000, 12_000, usual, usual]);
});
