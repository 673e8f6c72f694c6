import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBackup } from '../../src/cli/backup/backup-format.ts';
import { ageCommand } from '../support/age/age-tool.ts';
import { expectSilent } from '../support/expect-told.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { useBackupRig } from './backup-rig.ts';
import { sample, samples } from './local-secrets.ts';
import {
  confirmed,
  ctrlC,
  hasTerminals,
  onTerminal,
  programOnTerminal,
  type Step,
} from './on-terminal.ts';
import { storedSecret } from './stored-secret.ts';

const passphrase = 'Kreide-Apfel-Nordwind-52';
const asked = { until: 'Passphrase, 12', type: `${passphrase}\r` };
const again = { until: 'The same again', type: `${passphrase}\r` };

/** Neither the screen nor another process sees a value or the passphrase. */
function checked(outcome: Awaited<ReturnType<typeof programOnTerminal>>) {
  expect(outcome.echo).toBe(true);
  expectSilent(outcome.screen + outcome.visible, [...samples, passphrase]);
  return outcome;
}

describe.skipIf(!hasTerminals)('a passphrase (skipped without python3 and pty)', () => {
  const { folder, newFile, secrets } = useBackupRig();

  const keyturn = async (args: readonly string[], steps: readonly Step[]) =>
    checked(await onTerminal(secrets(), { args, steps }));

  test('is asked twice for a backup, and once to look into it', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = newFile();
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
    const { name, publish } = await storedSecret(secrets(), sample);
    const file = newFile();
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
    expect(secrets().valueOf(name)).toBe('{"A":"b"}');

    const agreed = await keyturn(
      ['restore', file, '--unverified'],
      [{ until: 'Passphrase of the backup', type: `${passphrase}\r` }, confirmed],
    );
    expect(agreed.exitCode, agreed.screen).toBe(0);
    expect(secrets().valueOf(name)).toBe(JSON.stringify(sample));
  }, 90_000);

  test('that is interrupted writes nothing', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = newFile();
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
        const { name } = await storedSecret(secrets(), sample);
        const file = newFile();
        const clear = path.join(folder(), 'by-age.json');
        await keyturn(['backup', name, '-o', file, '-p'], [asked, again]);

        const argv = [...(await ageCommand('age')), '-d', '-o', clear, file];
        const steps = [{ until: 'Enter passphrase', type: `${passphrase}\r` }];
        const { exitCode, screen } = checked(await programOnTerminal(secrets(), argv, steps));

        expect(exitCode, screen).toBe(0);
        const [version] = parseBackup(await readFile(clear)).versions;
        expect(version?.text).toBe(JSON.stringify(sample));
      },
      60_000,
    );
  });
});
