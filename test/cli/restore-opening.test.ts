import { generateIdentity, identityToRecipient } from 'age-encryption';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { encrypt } from '../../src/cli/backup/encrypt.ts';
import { flippedAt, passphrase, useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, folder, identity, keyturn, newFile, recipient, restore, secrets } =
  useBackupRig();

async function encrypted(clear: string) {
  const file = newFile();
  const bytes = new TextEncoder().encode(clear);
  await writeFile(file, await encrypt(bytes, { recipients: [recipient()] }, { armored: false }));
  return file;
}

/** What is in a backup of these versions. */
function backupOf(versions: readonly object[]): string {
  const about = { versionId: 'a', labels: ['AWSCURRENT'], createdAt: '' };
  return JSON.stringify({
    format: 'keyturn-backup',
    formatVersion: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    secret: { name: 'a', arn: 'a', region: 'a', tags: [], rotation: { enabled: false } },
    versions: versions.map((version) => ({ ...about, ...version })),
  });
}

describe('a file is refused, and Secrets Manager is not asked,', () => {
  test('with a byte flipped: in the first line, a lock, the header, its seal, the nonce, the payload, at the end', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const whole = await readFile(await backedUp(name));
    const seal = whole.indexOf('\n--- ') + 5;
    const payload = whole.indexOf('\n', seal) + 1;
    const places = [
      3,
      25,
      40,
      seal - 30,
      seal - 3,
      seal,
      seal + 20,
      payload,
      payload + 16,
      payload + 200,
    ];

    for (const at of [...places, whole.length - 1]) {
      const file = newFile();
      await writeFile(file, flippedAt(whole, at));
      const { exitCode, stderr } = await restore(file, '--list');
      expect({ at, exitCode }).toEqual({ at, exitCode: 1 });
      expect(stderr).toMatch(/\[BACKUP_(?:DAMAGED|INVALID|NOT_OPENED)\]/);
    }
    expect(secrets().calls).toEqual([]);
  }, 90_000);

  test.each<[string, (whole: Buffer) => Buffer, string]>([
    ['cut off', (whole) => whole.subarray(0, -20), 'BACKUP_DAMAGED'],
    ['longer', (whole) => Buffer.concat([whole, Buffer.from('x')]), 'BACKUP_DAMAGED'],
    ['empty', () => Buffer.alloc(0), 'BACKUP_INVALID'],
    ['something else', () => Buffer.from('{"DB_PASSWORD":"x"}'), 'BACKUP_INVALID'],
  ])('%s', async (_what, change, code) => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    await writeFile(file, change(await readFile(file)));

    const { exitCode, stdout } = await restore(file, '--list', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code });
    expect(secrets().calls).toEqual([]);
  });

  test.each([
    ['that has no end', '/dev/zero'],
    ['that is a folder', tmpdir()],
  ])('%s', async (_what, file) => {
    const { exitCode, stderr } = await restore(file, '--list');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/larger than a backup gets|cannot be read \(EISDIR\)/);
    expect(secrets().calls).toEqual([]);
  });

  test.each([
    ['not JSON: changed-value-71', 'something else'],
    ['{"format":"keyturn-backup","formatVersion":2}', 'another version of Keyturn'],
    ['[]', 'something else'],
    [backupOf([]), 'holds no version'],
    [backupOf([{}]), 'changed by hand'],
    [backupOf([{ text: '{"A":"changed-value-71"}', base64: 'QQ==' }]), 'changed by hand'],
  ])('that opens and is no backup: %s', async (clear, message) => {
    const { stderr } = await restore(await encrypted(clear), '--list');

    expect(stderr).toContain(message);
    expect(stderr).toContain('[BACKUP_INVALID]');
  });

  test('that is for somebody else', async () => {
    const other = await identityToRecipient(await generateIdentity());
    const file = newFile();
    await writeFile(
      file,
      await encrypt(new Uint8Array(), { recipients: [other] }, { armored: false }),
    );

    expect((await restore(file, '--list')).stderr).toContain('[BACKUP_NOT_OPENED]');
  });

  test.each([
    ['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'SSH keys are not supported'],
    ['an encrypted one', 'age-encryption.org/v1\n-> scrypt', 'encrypted itself'],
    ['of a plugin', 'AGE-PLUGIN-YUBIKEY-1QQQ\n', 'Plugins of age'],
    ['with a typing error', `AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`, 'A line of it is none'],
    ['empty', '# nothing\n', 'It holds none'],
  ])('where the identity is %s', async (_what, held, message) => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    const own = path.join(folder(), 'odd.txt');
    await writeFile(own, held, { mode: 0o600 });

    const { stderr } = await keyturn(['restore', file, '-i', own, '--list']);

    expect(stderr).toContain(message);
    expect(stderr).toContain('[IDENTITY_UNUSABLE]');
  });
});

test('others who may read the identity are told of', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const shared = path.join(folder(), 'open.txt');
  await writeFile(shared, identity());
  await chmod(shared, 0o644);

  const { stderr } = await keyturn(['restore', await backedUp(name), '-i', shared, '--list']);

  expect(stderr).toContain('chmod 600');
});

test('the identity may stand alone in its file, without the end of its line', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const alone = path.join(folder(), 'alone.txt');
  await writeFile(alone, identity(), { mode: 0o600 });

  const { exitCode, stdout } = await keyturn([
    'restore',
    await backedUp(name),
    '-i',
    alone,
    '--list',
  ]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Backup of ${name}`);
});

test('a passphrase opens what it closed, and another does not', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const file = newFile();
  await keyturn(['backup', name, '-o', file, '--passphrase-file', '-'], passphrase);

  const listing = ['restore', file, '--list', '--passphrase-file', '-'];
  const opened = await keyturn(listing, `${passphrase}\n`);
  const refused = await keyturn(listing, 'another-passphrase');

  expect(opened.stdout).toContain(`Backup of ${name}`);
  expect(refused.stderr).toContain('[BACKUP_NOT_OPENED]');
}, 90_000);
