import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));
const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const observed = v.object({ screen: v.string(), exitCode: v.number(), echo: v.boolean() });

/** For a key that is generated: after the questions nothing is typed any more. */
const args = ['--generate', 'DB_PASSWORD', '--without', 'TWILIO_ACCOUNT_SID'];

/** Needs Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  let secrets: LocalSecrets;
  beforeAll(async () => {
    secrets = await localSecrets();
  });
  afterAll(() => secrets.close());

  const answering = async (name: string, answers: readonly (readonly [string, string])[]) => {
    const copy = await copyOfKeyturn();
    const child = spawn('python3', [driver], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: environmentOf(secrets),
      cwd: copy.folder,
    });
    const steps = answers.map(([until, type]) => ({ until, type }));
    const argv = [process.execPath, command, 'init', name, ...args, '--without=TWILIO_AUTH_TOKEN'];
    child.stdin.end(JSON.stringify({ argv, steps }));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const outcome = v.parse(observed, JSON.parse(printed));
    expect(outcome.echo).toBe(true);
    return { ...outcome, samConfig: await copy.read('samconfig.toml') };
  };

  test('what is answered, corrections and empty answers included, gets into the file', async () => {
    const { exitCode, samConfig } = await answering('pty/production', [
      ['RDS instance', 'Not One\r'],
      ['It must be the identifier', 'orders\r'],
      ['The subnets', '\r'],
      ['An address', 'me@example.com\r'],
      ['[y/N]', 'y\r'],
    ]);

    expect(exitCode).toBe(0);
    expect(secrets.isThere('pty/production')).toBe(true);
    expect(samConfig).toContain('"DbInstance=\\"orders\\"", "AlarmEmail=\\"me@example.com\\"" ]');
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['the end of the input', '\u0004'],
  ])('%s at a question creates and writes nothing', async (what, key) => {
    const name = `pty/${what.replaceAll(/\W/g, '-')}`;
    const { exitCode, samConfig } = await answering(name, [['RDS instance', key]]);

    expect(exitCode).toBe(130);
    expect(secrets.isThere(name)).toBe(false);
    expect(samConfig).toBeUndefined();
  });
});
