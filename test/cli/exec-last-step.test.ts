import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { copyFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lastStep } from '../../src/cli/exec/last-step.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, type LocalSecrets, sample, samples } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

let secrets: LocalSecrets;
let name: string;
let folder: string;

beforeAll(async () => {
  secrets = await localSecrets();
  ({ name } = await storedSecret(secrets, sample));
  folder = await mkdtemp(join(tmpdir(), 'keyturn-last-step-'));
});
afterEach(() => secrets.calm());
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

const endpoint = (env: Record<string, string> = {}) => ({
  ...secrets,
  env: { KEYTURN_SECRET_ID: name, ...env },
});

const exec = (...args: string[]) => runKeyturn(endpoint(), 'exec', ...args);

async function executable(file: string, content: string | Buffer): Promise<string> {
  const path = join(folder, file);
  await writeFile(path, content, { mode: 0o755 });
  return path;
}

/** What Node runs in a shell, whose limits hold for it. */
async function inShell(script: string, env: Record<string, string> = {}) {
  const child = spawn('sh', ['-c', script], {
    env: environmentOf(endpoint({ ...env, NODE: process.execPath, COMMAND: command })),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, signal: child.signalCode, stderr };
}

const isLinux = process.platform === 'linux';

/** Node aborts where it cannot execute a program, and a dump of its memory holds the secret. */
describe('Node does not abort', () => {
  test('where the program is removed while the secret is read', async () => {
    const program = await executable('removed', '#!/bin/sh\necho started\n');
    secrets.interference.before = () => {
      if (existsSync(program)) unlinkSync(program);
      return undefined;
    };

    const { exitCode, stdout, stderr } = await exec('--', program);

    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toContain('[PROGRAM_NOT_FOUND]');
  });

  test.runIf(isLinux && existsSync('/usr/bin/env'))(
    'where somebody writes to the program',
    async () => {
      const program = join(folder, 'busy');
      await copyFile('/bin/true', program);
      const writing = await open(program, 'r+');
      const { exitCode, stderr } = await exec('--', program);
      await writing.close();

      expect(exitCode).toBe(126);
      expect(stderr).toContain('busy');
      expectSilent(stderr, samples);
    },
  );

  test.runIf(isLinux)('where the stack is too small for the environment', async () => {
    const env = Object.fromEntries(['A', 'B', 'C', 'D'].map((key) => [key, 'x'.repeat(80_000)]));
    // The larger environment is that of the program: Node itself was started with less.
    const SecretString = JSON.stringify({ ...sample, ...env });
    secrets.interference.before = () => Response.json({ VersionId: '1', SecretString });

    const { exitCode, signal, stderr } = await inShell(
      'ulimit -s 1024; exec "$NODE" "$COMMAND" exec -- true',
    );

    expect({ exitCode, signal }).toEqual({ exitCode: 126, signal: null });
    expect(stderr).toContain('could not be started (E2BIG)');
    expectSilent(stderr, samples);
  });

  test.runIf(isLinux)('where the first line of a script is too long', async () => {
    // What the kernel reads of it ends after the "sh".
    const program = await executable('long', `#!/bin${'/'.repeat(248)}sh-and-more\necho ran\n`);

    expect(await exec('--', program)).toEqual({ exitCode: 0, stdout: 'ran\n', stderr: '' });
  });

  test.runIf(isLinux && existsSync('/usr/bin/ldd'))(
    'where the loader of a program is a script',
    async () => {
      const program = Buffer.from((await readFile(process.execPath)).subarray(0, 4096));
      program.write('/usr/bin/ldd\0', program.indexOf('/lib64/ld-linux'));
      const path = await executable('loaded', program);

      const { exitCode, stderr } = await exec('--', path);

      expect(exitCode).toBe(126);
      expect(stderr).toContain('[PROGRAM_NOT_EXECUTABLE]');
    },
  );
});

describe('env, as the last step', () => {
  test.each(['-', 'A=B', 'folder/A=B'])('is no way for a name that it takes: %s', (given) => {
    const plan = { file: '/bin/true', argv: [given] as const, sure: true };

    expect(lastStep({ ...plan, argv: [given] })).toEqual({ file: '/bin/true', argv: [given] });
  });

  test.each([['--help'], ['-i'], ['A=B'], ['--']])(
    'leaves the arguments of a program as they are: %s',
    async (argument) => {
      const { stdout } = await exec('--', 'sh', '-c', 'echo "$0 $1"', 'zero', argument);

      expect(stdout).toBe(`zero ${argument}\n`);
    },
  );

  test('runs a program whose path holds an equals sign', async () => {
    const program = await executable('A=B', '#!/bin/sh\necho "ran, ${#DB_PASSWORD}"\n');

    expect((await exec('--', program)).stdout).toBe(`ran, ${sample.DB_PASSWORD.length}\n`);
  });
});

describe('a secret that does not come', () => {
  test('ends it, when the service does not answer', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onTestFinished(() => resolve());
    secrets.interference.until = promise;

    const { exitCode, stdout, stderr } = await exec('--', 'echo', 'started');

    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain('[UNREACHABLE]');
  });

  test('ends it, when the credentials do not come', async () => {
    const config = await executable(
      'config',
      '[profile slow]\ncredential_process = sleep 45\nregion = us-east-1\n',
    );
    const {
      AWS_ACCESS_KEY_ID: _id,
      AWS_SECRET_ACCESS_KEY: _key,
      ...env
    } = environmentOf(endpoint());
    const given = { ...env, AWS_CONFIG_FILE: config, AWS_PROFILE: 'slow' };
    const child = spawn(process.execPath, [command, 'exec', '--', 'true'], {
      env: given,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'exit');

    expect(child.exitCode).toBe(125);
    expect(stderr).toContain('[UNREACHABLE]');
  });
});

/** Runs what follows as the first process of a namespace. */
const asFirst = ['-c', 'exec unshare -rpf "$@"', 'sh'] as const;

const mayBeFirst = isLinux && spawnSync('sh', [...asFirst, 'true']).status === 0;

/** Needs namespaces of users and processes, which some containers forbid. */
describe.skipIf(!mayBeFirst)('as the first process (skipped without unshare -rpf)', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends it while it reads the secret', async (signal, code) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onTestFinished(() => resolve());
    secrets.interference.until = promise;
    const before = secrets.held();
    const args = [...asFirst, process.execPath, command, 'exec', '--', 'sleep', '60'];
    const child = spawn('sh', args, { env: environmentOf(endpoint()), stdio: 'ignore' });
    const ended = once(child, 'exit');
    await expect.poll(secrets.held, { timeout: 10_000 }).toBeGreaterThan(before);
    const first = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    process.kill(Number(first), signal);
    await ended;

    expect(child.exitCode).toBe(code);
  });
});
