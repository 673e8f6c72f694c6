import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, type LocalSecrets, refusing, sample, samples } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

let secrets: LocalSecrets;
let name: string;
let folder: string;

beforeAll(async () => {
  secrets = await localSecrets();
  ({ name } = await storedSecret(secrets, { ...sample, DB_PASSWORD: 'the one before' }, sample));
  folder = await mkdtemp(join(tmpdir(), 'keyturn-exec-'));
});
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

const endpoint = (env: Record<string, string | undefined> = {}, input?: string) => ({
  clientConfig: secrets.clientConfig,
  env: { KEYTURN_SECRET_ID: name, ...env },
  ...(input !== undefined && { input }),
});

const exec = (...args: string[]) => runKeyturn(endpoint(), 'exec', ...args);

const sh = (script: string) => ['--', 'sh', '-c', script] as const;

async function executable(file: string, content: string | Buffer, mode = 0o755): Promise<string> {
  const path = join(folder, file);
  await writeFile(path, content, { mode });
  return path;
}

/** A child is one where something must be done to its output. */
const ways = [
  ['in place of keyturn', []],
  ['as a child', ['--redact']],
] as const;

describe.each(ways)('a program %s', (_where, options) => {
  test('has the values of the secret, and what was there before', async () => {
    const script = 'printf "%s\\n" "${#DB_PASSWORD}" "$TWILIO_ACCOUNT_SID" "$GREETING"';
    const env = { GREETING: 'good morning' };

    const args = ['exec', '--only', 'DB_PASSWORD', ...options, ...sh(script)];
    const { exitCode, stdout, stderr } = await runKeyturn(endpoint(env), ...args);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`${sample.DB_PASSWORD.length}\n\ngood morning\n`);
  });

  test('has its arguments as they are', async () => {
    const args = ['--json', '--', '', 'two\nlines', '*', '-n'];

    const { stdout } = await exec(...options, ...sh('printf "[%s]" "$@"'), 'sh', ...args);

    expect(stdout).toBe('[--json][--][][two\nlines][*][-n]');
  });

  test.each([0, 1, 7, 125, 126, 127, 255])('passes its exit code on: %d', async (code) => {
    expect(await exec(...options, ...sh(`exit ${code}`))).toEqual({
      exitCode: code,
      stdout: '',
      stderr: '',
    });
  });

  test('reads standard input', async () => {
    const input = 'a line\n'.repeat(20_000);

    const { stdout } = await runKeyturn(endpoint({}, input), 'exec', ...options, '--', 'cat');

    expect(stdout === input).toBe(true);
  });

  test('ends quietly when nobody reads its output', async () => {
    const script = '(yes; echo "ended by $?" >&2) | head -1; grep SigIgn /proc/self/status';

    const { stdout, stderr } = await exec(...options, ...sh(script));

    expect(stdout).toMatch(/^y\n(SigIgn:\t0000000000000000\n)?$/);
    expect(stderr).toBe('ended by 141\n');
  });

  test.runIf(process.platform === 'linux')('gets none of the open files of keyturn', async () => {
    const { stdout } = await exec(...options, ...sh('exec ls -l /proc/self/fd'));

    const others = stdout.split('\n').filter((line) => !/ [012] -> /.test(line));
    expect(others.join('\n')).not.toMatch(/socket|anon_inode/);
  });

  test('can be interrupted before it starts', async () => {
    secrets.interference.before = () => {
      running.child.kill('SIGTERM');
      return undefined;
    };
    const running = startKeyturn(endpoint(), 'exec', ...options, ...sh('echo started'));

    const { signal, stdout } = await running.ended();
    secrets.calm();

    expect({ signal, stdout }).toEqual({ signal: 'SIGTERM', stdout: '' });
  });
});

describe('in place of keyturn', () => {
  test('it has the process id of keyturn', async () => {
    const running = startKeyturn(endpoint(), 'exec', ...sh('echo "pid $$"'));

    const { stdout } = await running.ended();

    expect(stdout).toBe(`pid ${running.child.pid}\n`);
  });

  test('a signal is its own', async () => {
    const running = startKeyturn(endpoint(), 'exec', ...sh('echo ready; exec sleep 60'));
    await running.said(/ready/);
    running.child.kill('SIGTERM');

    expect(await running.ended()).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  test('a shell sees 143 for a TERM', async () => {
    const script = '"$NODE" "$COMMAND" exec -- sh -c \'kill -TERM $$\'; echo "code $?"';
    const env = environmentOf(endpoint({ NODE: process.execPath, COMMAND: command }));

    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env });

    expect(stdout).toBe('code 143\n');
  });

  test('AWSPREVIOUS is read only where it is asked for', async () => {
    secrets.calm();
    await exec('--', 'true');
    const without = secrets.calls.length;
    const { stdout } = await exec('--previous', ...sh('echo "$DB_PASSWORD_PREVIOUS"'));

    expect(without).toBe(1);
    expect(stdout).toBe('the one before\n');
  });

  test('--previous is no failure where there is no version before', async () => {
    const fresh = await storedSecret(secrets, sample);

    const script = 'echo "[$DB_PASSWORD_PREVIOUS]"';
    const { exitCode, stdout } = await exec('--secret', fresh.name, '--previous', ...sh(script));

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '[]\n' });
  });

  test('--pristine passes on no credentials of AWS', async () => {
    const { stdout } = await exec('--pristine', '--only', 'DB_PASSWORD', '--', 'env');

    expect(stdout).toContain(`DB_PASSWORD=${sample.DB_PASSWORD}\n`);
    expect(stdout).not.toMatch(/^(AWS_|KEYTURN_)/m);
  });
});

test.runIf(process.platform === 'linux')('pipes stay as they were, and block', async () => {
  const flags = 'for fd in 0 1 2; do grep flags /proc/self/fdinfo/$fd; done';
  // Pipes of a shell's: those of Node are sockets.
  const script = `
    true | "$NODE" "$COMMAND" exec -- sh -c '${flags}' 2>&1 | cat
    true | "$NODE" "$COMMAND" exec --watch -- sh -c '${flags}' 2>&1 | cat
    true | "$NODE" "$COMMAND" exec --redact -- sh -c 'grep flags /proc/self/fdinfo/0' | cat`;
  const env = environmentOf(endpoint({ NODE: process.execPath, COMMAND: command }));

  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env });

  const all = [...stdout.matchAll(/flags:\t(\d+)/g)].map(([, octal = '']) => octal);
  expect(all).toHaveLength(7);
  // 04000 is O_NONBLOCK.
  expect(all.filter((octal) => Number.parseInt(octal, 8) & 0o4000)).toEqual([]);
});

describe('an environment that is large', () => {
  test.each([
    ['60 KB of the secret', {}],
    ['more than is certain to fit', { PADDING: 'x'.repeat(120_000) }],
  ])('%s', async (_what, env) => {
    const large = await storedSecret(secrets, { LARGE: 'ä'.repeat(30_000) });

    const args = ['exec', '--secret', large.name, ...sh('printf %s "$LARGE" | wc -c')];
    const { exitCode, stdout } = await runKeyturn(endpoint(env), ...args);

    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: '60000' });
  });

  test.runIf(process.platform === 'linux')('too large for Linux exits with 126', async () => {
    const SecretString = JSON.stringify({ KEY: sample.DB_PASSWORD.repeat(10_000) });
    secrets.interference.before = () => Response.json({ VersionId: '1', SecretString });
    const { exitCode, stderr } = await exec(...sh(':'));
    secrets.calm();

    expect(exitCode).toBe(126);
    expect(stderr).toContain('could not be started (E2BIG)');
    expectSilent(stderr, samples);
  });
});

/** The beginning of Node's own file. */
const elf = async (): Promise<Buffer> =>
  Buffer.from((await readFile(process.execPath)).subarray(0, 4096));

type Unusable = [what: string, file: string, () => Promise<Buffer> | Buffer | string, mode: number];

describe('a program that cannot be started', () => {
  test.each([
    ['is not on PATH', 'keyturn-no-such-program'],
    ['is at no such path', './keyturn/no-such-program'],
    ['has an empty name', ''],
    ['lies beyond a file', '/etc/passwd/program'],
  ])('exits with 127 where it %s', async (_what, program) => {
    secrets.calm();
    const { exitCode, stdout, stderr } = await exec('--', program, '--json');

    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toContain('[PROGRAM_NOT_FOUND]');
    expect(secrets.calls).toEqual([]);
  });

  test.each<Unusable>([
    ['may not be executed', 'plain', () => 'echo', 0o644],
    ['has an interpreter that is missing', 'missing', () => '#!/no/such\necho\n', 0o755],
    ['has an interpreter with a CR', 'cr', () => '#!/bin/sh\r\necho\n', 0o755],
    ['has an interpreter that is a directory', 'folder', () => '#!/tmp\necho\n', 0o755],
    ['is no text and no program', 'garbage', () => Buffer.from([1, 2, 3, 0, 255]), 0o755],
    ['is cut off', 'short', async () => (await elf()).subarray(0, 40), 0o755],
    ['is a corrupt program', 'corrupt', async () => (await elf()).fill(255, 32, 64), 0o755],
    ['is for another machine', 'foreign', async () => (await elf()).fill(0x7b, 18, 20), 0o755],
  ])('exits with 126 where it %s', async (_what, file, content, mode) => {
    const path = await executable(file, await content(), mode);

    const { exitCode, stderr } = await exec('--', path);

    expect(stderr).toMatch(/^keyturn: The program .* \[PROGRAM_NOT_EXECUTABLE\]\n$/s);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(exitCode).toBe(126);
  });

  test('exits with 126 for a directory', async () => {
    expect((await exec('--', folder)).exitCode).toBe(126);
  });

  test.runIf(process.platform === 'linux')(
    'exits with 126 where its loader is missing',
    async () => {
      const program = await elf();
      program.write('/no-linux', program.indexOf('/ld-linux'));
      const path = await executable('loader', program);

      const { exitCode, stderr } = await exec('--', path);

      expect(exitCode).toBe(126);
      expect(stderr).toContain('/no-linux');
    },
  );
});

describe('a program is found as a shell finds it', () => {
  test('on PATH, past what may not be executed', async () => {
    await writeFile(join(folder, 'echo'), 'not this', { mode: 0o644 });

    const searched = endpoint({ PATH: `${folder}:/no/such:${process.env.PATH}` });

    const { stdout } = await runKeyturn(searched, 'exec', '--', 'echo', 'this one');

    expect(stdout).toBe('this one\n');
  });

  test('on PATH, and not in the working directory', async () => {
    expect((await exec('--', 'package.json')).exitCode).toBe(127);
  });

  test('by its script, with the name it is called by', async () => {
    const path = await executable('script', '#!/bin/sh -e\necho "$0 $1 ${#DB_PASSWORD}"\n');

    const { stdout } = await exec('--', path, 'x');

    expect(stdout).toBe(`${path} x ${sample.DB_PASSWORD.length}\n`);
  });

  test('by a script without #!, which sh runs', async () => {
    const path = await executable('bare', 'echo "bare $1"\n');

    expect((await exec('--', path, 'x')).stdout).toBe('bare x\n');
  });

  test('by a script that a script runs', async () => {
    const inner = await executable('inner', '#!/bin/sh\nshift\necho "inner $1"\n');
    const outer = await executable('outer', `#!${inner}\n`);

    expect((await exec('--', outer, 'x')).stdout).toBe('inner x\n');
  });
});

const unset = { KEYTURN_SECRET_ID: undefined };

describe('what fails before the program starts exits with 125', () => {
  test.each([
    ['no --', ['sh', '-c', 'echo started'], {}, 'Put -- before the program', 'USAGE'],
    ['an argument before the --', ['x', '--', 'echo'], {}, 'Only options stand before', 'USAGE'],
    ['no program', ['--'], {}, 'Name a program after the --', 'USAGE'],
    ['an unknown option', ['--force', '--', 'echo'], {}, "unknown option '--force'", 'USAGE'],
    ['no secret', ['--', 'echo'], unset, '--secret, or set the variable KEYTURN_SECRET', 'USAGE'],
    ['an empty secret', ['--secret', '', '--', 'echo'], {}, 'neither the name nor', 'USAGE'],
    ['-- for a secret', ['--secret', '--', '--', 'echo'], {}, 'missing before the --', 'USAGE'],
    ['-- for a list', ['--only', '--', '--', 'echo'], {}, 'missing before the --', 'USAGE'],
    ['no such key, as JSON', ['--json', '--', 'echo'], {}, '--json', 'USAGE'],
    ['an empty list', ['--only=', '--', 'echo'], {}, 'separated by commas', 'USAGE'],
    ['--every alone', ['--every', '5s', '--', 'echo'], {}, 'belong to --watch', 'USAGE'],
    ['a time that is none', ['--watch', '--every', '5', '--', 'echo'], {}, '100ms to 24h', 'USAGE'],
    ['a signal that ends', ['--watch', '--signal', 'KILL', '--', 'echo'], {}, 'HUP, USR1', 'USAGE'],
    ['what goes against', ['--pristine', '--preserve-env', '--', 'echo'], {}, 'Name what', 'USAGE'],
    ['no such secret', ['--secret', 'no/such', '--', 'echo'], {}, 'no/such', 'SECRET_NOT_FOUND'],
    ['no such key', ['--only', 'NO_SUCH', '--', 'echo'], {}, 'DB_PASSWORD', 'KEY_MISSING'],
    ['a warning', ['--strict', '--', 'echo'], { DB_PASSWORD: 'x' }, 'DB_PASSWORD', 'STRICT'],
  ] as const)('%s', async (_what, args, env, said, code) => {
    const { exitCode, stdout, stderr } = await runKeyturn(endpoint(env), 'exec', ...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toContain(`[${code}]`);
    expectSilent(stderr, samples);
  });

  test.each([
    ['AccessDeniedException', 'ACCESS_DENIED'],
    ['InvalidRequestException', 'SECRET_BEING_DELETED'],
    ['DecryptionFailure', 'KMS_KEY_UNUSABLE'],
    ['InternalServiceError', 'UNREACHABLE'],
  ])('%s of the service', async (error, code) => {
    secrets.interference.before = () => refusing(error, '', code === 'UNREACHABLE' ? 500 : 400);
    const { exitCode, stdout, stderr } = await exec('--', 'echo', 'started');
    secrets.calm();

    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(`[${code}]`);
  });

  test.each([
    ['text', 'just Zq7-horse-staple_9vR'],
    ['JSON that is no object', '["Zq7-horse-staple_9vR"]'],
    ['JSON that is cut off', '{"DB_PASSWORD":"Zq7-horse-staple_9vR'],
  ])('a secret of %s', async (_what, content) => {
    secrets.interference.before = () =>
      Response.json({ VersionId: '1', SecretString: content, VersionStages: ['AWSCURRENT'] });
    const { exitCode, stderr } = await exec('--', 'echo');
    secrets.calm();

    expect(exitCode).toBe(125);
    expect(stderr).toContain('[SECRET_NOT_JSON_OBJECT]');
    expectSilent(stderr, samples);
  });

  test('a value that cannot be a variable', async () => {
    const { name: holding } = await storedSecret(secrets, { KEY: `${sample.DB_PASSWORD}\0` });

    const { exitCode, stderr } = await exec('--secret', holding, '--', 'echo');

    expect(exitCode).toBe(125);
    expect(stderr).toContain('The value of the key KEY cannot be a variable');
    expectSilent(stderr, samples);
  });
});

test('exec --help says what it does, and exits with 0', async () => {
  const { exitCode, stdout } = await exec('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('Usage: keyturn exec [options] -- <program> [args…]');
});
