import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { sample, samples } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';
import { execRig, type ExecRig } from './exec-rig.ts';
import { storedSecret } from './stored-secret.ts';

let rig: ExecRig;

beforeAll(async () => {
  rig = await execRig();
});
afterAll(() => rig.close());

const sh = (script: string) => ['--', 'sh', '-c', script] as const;

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
    const { exitCode, stdout, stderr } = await runKeyturn(rig.endpoint(env), ...args);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`${sample.DB_PASSWORD.length}\n\ngood morning\n`);
  });

  test('has its arguments as they are', async () => {
    const args = ['--json', '--', '', 'two\nlines', '*', '-n'];

    const { stdout } = await rig.exec(...options, ...sh('printf "[%s]" "$@"'), 'sh', ...args);

    expect(stdout).toBe('[--json][--][][two\nlines][*][-n]');
  });

  test.each([0, 1, 7, 125, 126, 127, 255])('passes its exit code on: %d', async (code) => {
    expect(await rig.exec(...options, ...sh(`exit ${code}`))).toEqual({
      exitCode: code,
      stdout: '',
      stderr: '',
    });
  });

  test('reads standard input', async () => {
    const input = 'a line\n'.repeat(20_000);

    const { stdout } = await runKeyturn(rig.endpoint({}, input), 'exec', ...options, '--', 'cat');

    expect(stdout === input).toBe(true);
  });

  test('ends quietly when nobody reads its output', async () => {
    const script = '(yes; echo "ended by $?" >&2) | head -1; grep SigIgn /proc/self/status';

    const { stdout, stderr } = await rig.exec(...options, ...sh(script));

    expect(stdout).toMatch(/^y\n(SigIgn:\t0000000000000000\n)?$/);
    expect(stderr).toBe('ended by 141\n');
  });

  test.runIf(process.platform === 'linux')('gets none of the open files of keyturn', async () => {
    const { stdout } = await rig.exec(...options, ...sh('exec ls -l /proc/self/fd'));

    const others = stdout.split('\n').filter((line) => !/ [012] -> /.test(line));
    expect(others.join('\n')).not.toMatch(/socket|anon_inode/);
  });

  test('can be interrupted before it starts', async () => {
    rig.secrets.interference.before = () => {
      running.child.kill('SIGTERM');
      return undefined;
    };
    const running = startKeyturn(rig.endpoint(), 'exec', ...options, ...sh('echo started'));

    const { signal, stdout } = await running.ended();
    rig.secrets.calm();

    expect({ signal, stdout }).toEqual({ signal: 'SIGTERM', stdout: '' });
  });
});

describe('in place of keyturn', () => {
  test('it has the process id of keyturn', async () => {
    const running = startKeyturn(rig.endpoint(), 'exec', ...sh('echo "pid $$"'));

    const { stdout } = await running.ended();

    expect(stdout).toBe(`pid ${running.child.pid}\n`);
  });

  test('a signal is its own', async () => {
    const running = startKeyturn(rig.endpoint(), 'exec', ...sh('echo ready; exec sleep 60'));
    await running.said(/ready/);
    running.child.kill('SIGTERM');

    expect(await running.ended()).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  test('a shell sees 143 for a TERM', async () => {
    const script = '"$NODE" "$COMMAND" exec -- sh -c \'kill -TERM $$\'; echo "code $?"';
    const env = environmentOf(rig.endpoint({ NODE: process.execPath, COMMAND: command }));

    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env });

    expect(stdout).toBe('code 143\n');
  });

  test('AWSPREVIOUS is read only where it is asked for', async () => {
    rig.secrets.calm();
    await rig.exec('--', 'true');
    const without = rig.secrets.calls.length;
    const { stdout } = await rig.exec('--previous', ...sh('echo "$DB_PASSWORD_PREVIOUS"'));

    expect(without).toBe(1);
    expect(stdout).toBe('the one before\n');
  });

  test('--previous is no failure where there is no version before', async () => {
    const fresh = await storedSecret(rig.secrets, sample);

    const script = 'echo "[$DB_PASSWORD_PREVIOUS]"';
    const { exitCode, stdout } = await rig.exec(
      '--secret',
      fresh.name,
      '--previous',
      ...sh(script),
    );

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '[]\n' });
  });

  test('--pristine passes on no credentials of AWS', async () => {
    const { stdout } = await rig.exec('--pristine', '--only', 'DB_PASSWORD', '--', 'env');

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
  const env = environmentOf(rig.endpoint({ NODE: process.execPath, COMMAND: command }));

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
    const large = await storedSecret(rig.secrets, { LARGE: 'ä'.repeat(30_000) });

    const args = ['exec', '--secret', large.name, ...sh('printf %s "$LARGE" | wc -c')];
    const { exitCode, stdout } = await runKeyturn(rig.endpoint(env), ...args);

    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: '60000' });
  });

  test.runIf(process.platform === 'linux')('too large for Linux exits with 126', async () => {
    const SecretString = JSON.stringify({ KEY: sample.DB_PASSWORD.repeat(10_000) });
    rig.secrets.interference.before = () => Response.json({ VersionId: '1', SecretString });
    const { exitCode, stderr } = await rig.exec(...sh(':'));
    rig.secrets.calm();

    expect(exitCode).toBe(126);
    expect(stderr).toContain('could not be started (E2BIG)');
    expectSilent(stderr, samples);
  });
});

describe('a program is found as a shell finds it', () => {
  test('on PATH, past what may not be executed', async () => {
    await writeFile(join(rig.folder, 'echo'), 'not this', { mode: 0o644 });

    const searched = rig.endpoint({ PATH: `${rig.folder}:/no/such:${process.env.PATH}` });

    const { stdout } = await runKeyturn(searched, 'exec', '--', 'echo', 'this one');

    expect(stdout).toBe('this one\n');
  });

  test('on PATH, and not in the working directory', async () => {
    expect((await rig.exec('--', 'package.json')).exitCode).toBe(127);
  });

  test('by its script, with the name it is called by', async () => {
    const path = await rig.executable('script', '#!/bin/sh -e\necho "$0 $1 ${#DB_PASSWORD}"\n');

    const { stdout } = await rig.exec('--', path, 'x');

    expect(stdout).toBe(`${path} x ${sample.DB_PASSWORD.length}\n`);
  });

  test('by a script without #!, which sh runs', async () => {
    const path = await rig.executable('bare', 'echo "bare $1"\n');

    expect((await rig.exec('--', path, 'x')).stdout).toBe('bare x\n');
  });

  test('by a script that a script runs', async () => {
    const inner = await rig.executable('inner', '#!/bin/sh\nshift\necho "inner $1"\n');
    const outer = await rig.executable('outer', `#!${inner}\n`);

    expect((await rig.exec('--', outer, 'x')).stdout).toBe('inner x\n');
  });
});

test('exec --help says what it does, and exits with 0', async () => {
  const { exitCode, stdout } = await rig.exec('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('Usage: keyturn exec [options] -- <program> [args…]');
});
