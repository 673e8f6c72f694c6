import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, sample, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';

let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
});
afterAll(() => secrets.close());

/** The command with a standard output that takes nothing: a full disk, or a pipe nobody reads. */
async function unheard(output: 'full' | 'closed', ...args: readonly string[]) {
  const full = output === 'full' ? await open('/dev/full', 'w') : undefined;
  onTestFinished(() => full?.close());
  const child = spawn(process.execPath, [command, 'init', '--no-files', ...args], {
    stdio: ['pipe', full?.fd ?? 'pipe', 'pipe'],
    env: environmentOf(secrets),
  });
  child.stdout?.destroy();
  child.stdin?.on('error', () => undefined).end(JSON.stringify(sample));
  const stderr = child.stderr ? text(child.stderr) : '';
  await once(child, 'close');
  return { exitCode: child.exitCode, stderr: await stderr };
}

describe.each(['full', 'closed'] as const)('where standard output is %s', (output) => {
  test.skipIf(output === 'full' && !existsSync('/dev/full')).each(['--json', '--yes'])(
    'what was created is told on standard error (%s)',
    async (option) => {
      const name = `unheard/${output}${option}`;
      const { exitCode, stderr } = await unheard(output, name, '--from-file=-', '--yes', option);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(await secrets.arnOf(name));
      expect(stderr).toContain('[OUTPUT_FAILED]');
      expect(stderr).not.toContain('    at ');
      expectSilent(stderr, secrets.sent);
    },
  );

  test.skipIf(output === 'full' && !existsSync('/dev/full'))(
    'a refusal keeps its exit code',
    async () => {
      const { exitCode, stderr } = await unheard(output, '--key', '', '--json');

      expect(exitCode).toBe(2);
      expect(stderr).toContain('[USAGE]');
      expect(stderr).not.toContain('    at ');
    },
  );
});
