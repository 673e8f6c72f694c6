import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseBackup } from '../../src/cli/backup/backup-format.ts';
import { ageCommand } from '../support/age/age-tool.ts';
import { expectSilent } from '../support/expect-told.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { localSecrets, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));
const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const observed = v.object({
  screen: v.string(),
  exitCode: v.number(),
  echo: v.boolean(),
  visible: v.string(),
  left: v.number(),
});

const passphrase = 'Kreide-Apfel-Nordwind-52';
const asked = { until: 'Passphrase, 12', type: `${passphrase}\r` };
const again = { until: 'The same again', type: `${passphrase}\r` };
const ctrlC = '\u0003';

describe.skipIf(!hasTerminals)('a passphrase (skipped without python3 and pty)', () => {
  let secrets: LocalSecrets;
  let folder = '';
  beforeAll(async () => {
    secrets = await localSecrets();
    folder = await mkdtemp(path.join(tmpdir(), 'keyturn-passphrase-'));
  });
  afterAll(async () => {
    await secrets.close();
    await rm(folder, { recursive: true });
  });

  /** Neither the screen nor another process sees a value or the passphrase. */
  async function onTerminal(argv: readonly string[], steps: readonly object[]) {
    const env = environmentOf(secrets);
    const child = spawn('python3', [driver], { stdio: ['pipe', 'pipe', 'inherit'], env });
    child.stdin.end(JSON.stringify({ argv, steps }));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const outcome = v.parse(observed, JSON.parse(printed));
    expect(outcome.left, outcome.screen).toBe(0);
    expect(outcome.echo).toBe(true);
    expectSilent(outcome.screen + outcome.visible, [...samples, passphrase]);
    return outcome;
  }

  const keyturn = (args: readonly string[], steps: readonly object[]) =>
    onTerminal([process.execPath, command, ...args], steps);

  test('is asked twice for a backup, and once to look into it', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = path.join(folder, 'twice.age');
    const steps = [
      { until: 'Passphrase, 12', type: 'too-short\r' },
      { until: 'must have 12 characters', type: '' },
      asked,
      { until: 'The same again', type: 'something-else\r' },
      { until: 'differs from the first', type: '' },
      again,
    ];

    const written = await keyturn(['backup', name, '-o', file, '-p'], steps);
    const opened = await keyturn(
      ['restore', file, '--list'],
      [{ until: 'Passphrase of the backup', type: `${passphrase}\r` }],
    );

    expect(written.exitCode, written.screen).toBe(0);
    expect(opened.exitCode, opened.screen).toBe(0);
    expect(opened.screen).toContain('TWILIO_AUTH_TOKEN');
  }, 60_000);

  test('is asked before the confirmation, and a no changes nothing', async () => {
    const { name, publish } = await storedSecret(secrets, sample);
    const file = path.join(folder, 'declined.age');
    await keyturn(['backup', name, '-o', file, '-p'], [asked, again]);
    await publish({ A: 'b' });

    const declined = await keyturn(
      ['restore', file, '--unverified'],
      [
        { until: 'Passphrase of the backup', type: `${passphrase}\r` },
        { until: '[y/N]', type: 'n\r' },
      ],
    );
    expect(declined.exitCode).toBe(1);
    expect(declined.screen).toContain('[DECLINED]');
    expect(secrets.valueOf(name)).toBe('{"A":"b"}');

    const confirmed = await keyturn(
      ['restore', file, '--unverified'],
      [
        { until: 'Passphrase of the backup', type: `${passphrase}\r` },
        { until: '[y/N]', type: 'y\r' },
      ],
    );
    expect(confirmed.exitCode, confirmed.screen).toBe(0);
    expect(secrets.valueOf(name)).toBe(JSON.stringify(sample));
  }, 90_000);

  test('that is interrupted writes nothing', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = path.join(folder, 'interrupted.age');
    const steps = [asked, { until: 'The same again', type: ctrlC }];

    const { exitCode } = await keyturn(['backup', name, '-o', file, '-p'], steps);

    expect(exitCode).toBe(130);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a terminal gets no bytes', async () => {
    const steps = [{ until: 'Standard output is a terminal', type: '' }];

    const { exitCode } = await keyturn(['backup', 'any', '-o', '-', '-p'], steps);

    expect(exitCode).toBe(2);
  });

  describe('and the tool age', async () => {
    const missing = await whereMissing('age');

    test.skipIf(missing !== '')(
      `opens the file with it${missing}`,
      async () => {
        const { name } = await storedSecret(secrets, sample);
        const file = path.join(folder, 'by-age.age');
        const clear = path.join(folder, 'by-age.json');
        await keyturn(['backup', name, '-o', file, '-p'], [asked, again]);

        const { exitCode, screen } = await onTerminal(
          [...(await ageCommand('age')), '-d', '-o', clear, file],
          [{ until: 'Enter passphrase', type: `${passphrase}\r` }],
        );

        expect(exitCode, screen).toBe(0);
        const [version] = parseBackup(await readFile(clear)).versions;
        expect(version?.text).toBe(JSON.stringify(sample));
      },
      60_000,
    );
  });
});
