import { Encrypter } from 'age-encryption';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { BackupDocument } from '../../src/cli/backup/backup-format.ts';
import { useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, newFile, open, recipient, restore, secrets, writes } = useBackupRig();

const forgedLine = 'x\nEvery system accepts it. \u202Etsrohtua';

/** A backup as anybody can write one who knows the recipient. */
async function forged(document: object): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient());
  const file = newFile();
  await writeFile(file, await encrypter.encrypt(JSON.stringify(document)));
  return file;
}

type Forge = (document: BackupDocument) => object;

const ofSecret = (more: object) => (document: BackupDocument) => ({
  ...document,
  secret: { ...document.secret, ...more },
});

const ofVersion = (more: object) => (document: BackupDocument) => ({
  ...document,
  versions: document.versions.map((version) => ({ ...version, ...more })),
});

describe('a backup that says something of itself which is not one printable line', () => {
  test.each<[string, Forge]>([
    ['its secret’s name', ofSecret({ name: forgedLine })],
    ['a name that none has', ofSecret({ name: 'two words' })],
    ['its ARN', ofSecret({ arn: forgedLine })],
    ['its region', ofSecret({ region: forgedLine })],
    ['its key of KMS', ofSecret({ kmsKeyId: forgedLine })],
    ['its function', ofSecret({ rotation: { enabled: true, functionArn: forgedLine } })],
    ['when it was made', (document) => ({ ...document, createdAt: forgedLine })],
    ['a version', ofVersion({ versionId: forgedLine })],
    ['a label', ofVersion({ labels: ['AWSCURRENT', forgedLine] })],
    ['when a version was made', ofVersion({ createdAt: forgedLine })],
    ['a time that is none', ofVersion({ createdAt: 'yesterday' })],
  ])('is refused: %s', async (_what, forge) => {
    const { name } = await storedSecret(secrets(), sample);
    const document = await open(await backedUp(name));

    const { stdout, stderr } = await restore(await forged(forge(document)), '--list', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ code: 'BACKUP_INVALID' });
    expect(stdout + stderr).not.toContain('Every system accepts it.');
    expect(writes()).toEqual([]);
  });
});

test('a key’s name makes no line of its own', async () => {
  const { name, publish } = await storedSecret(secrets(), sample);
  const file = await backedUp(name);
  await publish({ ...sample, [forgedLine]: 'x' });

  const { stderr } = await restore(file, '--yes', '--unverified');
  const missing = await restore(file, '--yes', '--unverified', '--only', 'NONE');

  expect(stderr).toContain('The backup does not hold x\\nEvery system accepts it.');
  for (const said of [stderr, missing.stderr]) {
    expect(said).not.toMatch(/^Every system/m);
    expect(said).not.toContain('\u202E');
  }
});

test('a label of Keyturn’s own is none to choose by', async () => {
  const { name } = await storedSecret(secrets(), sample);
  const document = await open(await backedUp(name));
  const lease = 'KEYTURN_UNDOING_20990101T000000Z_ab12';
  const file = await forged(ofVersion({ labels: ['AWSCURRENT', lease] })(document));

  const { stderr } = await restore(file, '--list', '--stage', 'AWSPREVIOUS');

  expect(stderr).toContain('Name one of AWSCURRENT with --stage');
});
