import { generateIdentity, identityToRecipient } from 'age-encryption';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBackup, valueOf } from '../../src/cli/backup/backup-format.ts';
import { runAge } from '../support/age/age-tool.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { flippedAt, useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backup, folder, identityFile, keyturn, newFile, open, recipient, secrets } = useBackupRig();

test('recipients come from a file in age\u2019s format, beside those of the options, each once', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const other = await identityToRecipient(await generateIdentity());
  const file = path.join(folder(), 'recipients.txt');
  await writeFile(file, `# both\n\n${other}\n${recipient()}\n`);
  const output = newFile();

  const { stdout } = await backup(name, output, '-R', file, '--json');

  expect(JSON.parse(stdout)).toMatchObject({ recipients: [recipient(), other] });
  expect((await open(output)).secret.name).toBe(name);
});

test('others who may read the file with the passphrase are told of', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const file = path.join(folder(), 'passphrase.txt');
  await writeFile(file, 'correct horse battery\n');
  await chmod(file, 0o644);

  const { exitCode, stderr } = await keyturn([
    'backup',
    name,
    '-o',
    newFile(),
    '--passphrase-file',
    file,
  ]);

  expect(exitCode).toBe(0);
  expect(stderr).toContain('chmod 600');
});

const missing = await whereMissing('age');

describe.skipIf(missing !== '')(`the tool age${missing}`, () => {
  test.each([false, true])('opens it with an identity (armor: %s)', async (armored) => {
    const { name } = await storedSecret(secrets(), sample);
    const output = newFile();
    await backup(name, output, ...(armored ? ['-a'] : []));

    const opened = await runAge('age', ['-d', '-i', identityFile(), output]);

    expect(opened.exitCode, opened.stderr).toBe(0);
    expect(valueOf(parseBackup(opened.stdout).versions[0] ?? none).text).toBe(
      secrets().valueOf(name),
    );
  });

  test('makes the pair, and refuses a file with a byte flipped anywhere', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const own = path.join(folder(), 'own-identity.txt');
    expect(await runAge('age-keygen', ['-o', own])).toMatchObject({ exitCode: 0 });
    const { stdout: printed } = await runAge('age-keygen', ['-y', own]);
    const output = newFile();
    await keyturn(['backup', name, '-o', output, '-r', printed.toString().trim()]);
    expect(await runAge('age', ['-d', '-i', own, output])).toMatchObject({ exitCode: 0 });

    const whole = await readFile(output);
    const header = whole.indexOf('\n--- ');
    for (const at of [0, 30, header + 8, header + 60, whole.length - 40, whole.length - 1]) {
      await writeFile(output, flippedAt(whole, at));
      expect((await runAge('age', ['-d', '-i', own, output])).exitCode, `at ${at}`).not.toBe(0);
    }
  });
});

const none = { versionId: '', labels: [], createdAt: '' };
