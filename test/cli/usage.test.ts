import { describe, expect, test } from 'vitest';
import { runKeyturn } from './run-keyturn.ts';

/** Nobody listens there: a call of AWS would end in another error, and another exit code. */
const clientConfig = {
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
};

const keyturn = (...args: string[]) => runKeyturn({ clientConfig }, ...args);

const wrong = [
  ['an empty secret', ['rollback', '', '--yes'], 'neither the name nor the ARN'],
  ['a name of other characters', ['rollback', 'a b', '--yes'], 'neither the name nor the ARN'],
  ['control characters', ['rollback', 'a\u001B]0;b\u0007', '--yes'], 'control characters'],
  ['an unknown option', ['rollback', 'a', '--force'], "unknown option '--force'"],
  ['a misspelt option', ['init', '--dryrun'], '(Did you mean --dry-run?)'],
  ['an unknown command', ['turn'], "unknown command 'turn'"],
  ['a command that is none', ['DB_PASSWORD=x'], "unknown command 'DB_PASSWORD'"],
  ['no argument', ['rollback'], "missing required argument 'secret'"],
  ['no command', [], 'Name a command'],
  ['an option without its argument', ['init', '--kms-key'], "'--kms-key <arn>' argument missing"],
] as const;

describe('wrong usage exits with 2', () => {
  test.each(wrong)('for %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await keyturn(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('[USAGE]');
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test.each([
    ['what commander found', ['rollback', '--json'], "missing required argument 'secret'"],
    ['what was found before AWS was asked', ['rollback', '', '--json'], 'neither the name nor'],
    ['what must not be shown', ['rollback', '\u001B', '--json'], 'control characters'],
    ['an option in the wrong place', ['--json'], "unknown option '--json'"],
  ])('and with --json prints a document for %s', async (_what, args, said) => {
    const { exitCode, stdout } = await keyturn(...args);

    const message: unknown = expect.stringContaining(said);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ outcome: 'failed', code: 'USAGE', message });
  });
});

test('init --help shows how to call it', async () => {
  const { exitCode, stdout } = await keyturn('init', '--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('keyturn init --environment production');
  expect(stdout).toContain('--from-file <file>');
});

test('the exit codes are in the help', async () => {
  const { stdout } = await keyturn('--help');

  expect(stdout).toContain('0 done, 1 refused or failed, 2 wrong usage, 130 Ctrl-C');
});
