import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encrypt } from '../../src/cli/backup/encrypt.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, refusing, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const passphrase = 'five-words-by-chance-here';
let secrets: LocalSecrets;
let folder = '';
let identity = '';
let recipient = '';
let identityFile = '';

beforeAll(async () => {
  secrets = await localSecrets();
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-restore-'));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  identityFile = path.join(folder, 'identity.txt');
  await writeFile(identityFile, `${identity}\n`, { mode: 0o600 });
});
beforeEach(() => secrets.calm());
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

let count = 0;
const newFile = () => path.join(folder, `${(count += 1)}.age`);

async function keyturn(args: readonly string[], input?: string | Buffer) {
  const outcome = await runKeyturn({ ...secrets, ...(input !== undefined && { input }) }, ...args);
  expectSilent(outcome.stdout + outcome.stderr, [...samples, identity, passphrase, ...hidden]);
  return outcome;
}

/** Values that stand in no message by chance. */
const hidden = ['changed-value-71', 'added-value-72', 'gone-value-73'];
const [changed, added, gone] = hidden;

async function backedUp(name: string, ...more: readonly string[]) {
  const file = newFile();
  const { exitCode } = await keyturn(['backup', name, '-o', file, '-r', recipient, ...more]);
  expect(exitCode).toBe(0);
  secrets.calm();
  return file;
}

const restore = (file: string, ...more: readonly string[]) =>
  keyturn(['restore', file, '-i', identityFile, ...more]);

const goneForGood = (name: string) =>
  secrets.client.send(
    new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }),
  );

const put = (name: string, value: object) =>
  secrets.client.send(
    new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }),
  );

async function encrypted(clear: string) {
  const file = newFile();
  const bytes = new TextEncoder().encode(clear);
  await writeFile(file, await encrypt(bytes, { recipients: [recipient] }, { armored: false }));
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

const writes = () =>
  secrets.calls.filter(({ operation }) => /^(Put|Update|Create|Tag)/.test(operation));

describe('--list', () => {
  test('tells names of keys and how they differ, and changes nothing', async () => {
    const { name } = await storedSecret(secrets, { ...sample, GONE: gone, KEPT: 'kept-as-it-is' });
    const file = await backedUp(name);
    await put(name, { ...sample, DB_PASSWORD: changed, KEPT: 'kept-as-it-is', ADDED: added });
    secrets.calm();

    const listed = await restore(file, '--list', '--json');
    const told = await restore(file, '--dry-run');

    expect(JSON.parse(listed.stdout)).toMatchObject({
      outcome: 'listed',
      secret: name,
      backup: { secret: name, labels: ['AWSCURRENT'] },
      keys: [
        { key: 'DB_PASSWORD', is: 'different' },
        { key: 'TWILIO_ACCOUNT_SID', is: 'same' },
        { key: 'TWILIO_AUTH_TOKEN', is: 'same' },
        { key: 'GONE', is: 'only in the backup' },
        { key: 'KEPT', is: 'same' },
        { key: 'ADDED', is: 'only in the secret' },
      ],
    });
    expect(told.stdout).toMatch(/DB_PASSWORD\s.*different/);
    expect(writes()).toEqual([]);
  });

  test('tells the names where the secret cannot be read', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    secrets.interference.before = () => refusing('AccessDeniedException', 'no');

    const { exitCode, stdout, stderr } = await restore(file, '--list', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      keys: [{ key: 'DB_PASSWORD', is: 'not compared' }, {}, {}],
    });
    expect(stderr).toContain('[ACCESS_DENIED]');
  });

  test('takes the backup from standard input, armored', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name, '--armor');

    const { exitCode, stdout } = await keyturn(
      ['restore', '-', '-i', identityFile, '--list'],
      await readFile(file),
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Backup of ${name}`);
  });

  test('of a version that had another label with --stage', async () => {
    const { name } = await storedSecret(secrets, { OLD: 'old-one' }, { NEW: 'new-one' });
    const file = await backedUp(name);

    const { stdout } = await restore(file, '--list', '--stage', 'AWSPREVIOUS', '--json');
    const missing = await restore(file, '--list', '--stage', 'AWSPENDING');

    expect(JSON.parse(stdout)).toMatchObject({
      keys: [
        { key: 'OLD', is: 'only in the backup' },
        { key: 'NEW', is: 'only in the secret' },
      ],
    });
    expect(missing.stderr).toContain('[BACKUP_LACKS_VERSION]');
  });

  test('of what is no object of keys, as one thing without a name', async () => {
    const { name } = await storedSecret(secrets, sample);
    await secrets.client.send(
      new PutSecretValueCommand({ SecretId: name, SecretBinary: new Uint8Array([1, 2]) }),
    );
    const file = await backedUp(name);

    const { stdout } = await restore(file, '--list', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      keys: [{ key: '(the whole value)', is: 'same' }],
    });
  });
});

describe('a file is refused, and Secrets Manager is not asked,', () => {
  test('with a byte flipped: in the first line, a lock, the header, its seal, the nonce, the payload, at the end', async () => {
    const { name } = await storedSecret(secrets, sample);
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
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const file = newFile();
      await writeFile(file, flipped);
      const { exitCode, stderr } = await restore(file, '--list');
      expect({ at, exitCode }).toEqual({ at, exitCode: 1 });
      expect(stderr).toMatch(/\[BACKUP_(?:DAMAGED|INVALID|NOT_OPENED)\]/);
    }
    expect(secrets.calls).toEqual([]);
  }, 90_000);

  test.each<[string, (whole: Buffer) => Buffer, string]>([
    ['cut off', (whole) => whole.subarray(0, -20), 'BACKUP_DAMAGED'],
    ['longer', (whole) => Buffer.concat([whole, Buffer.from('x')]), 'BACKUP_DAMAGED'],
    ['empty', () => Buffer.alloc(0), 'BACKUP_INVALID'],
    ['something else', () => Buffer.from('{"DB_PASSWORD":"x"}'), 'BACKUP_INVALID'],
  ])('%s', async (_what, change, code) => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    await writeFile(file, change(await readFile(file)));

    const { exitCode, stdout } = await restore(file, '--list', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code });
    expect(secrets.calls).toEqual([]);
  });

  test.each([
    ['that has no end', '/dev/zero'],
    ['that is a folder', tmpdir()],
  ])('%s', async (_what, file) => {
    const { exitCode, stderr } = await restore(file, '--list');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/larger than a backup gets|cannot be read \(EISDIR\)/);
    expect(secrets.calls).toEqual([]);
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
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    const own = path.join(folder, 'odd.txt');
    await writeFile(own, held, { mode: 0o600 });

    const { stderr } = await keyturn(['restore', file, '-i', own, '--list']);

    expect(stderr).toContain(message);
    expect(stderr).toContain('[IDENTITY_UNUSABLE]');
  });
});

test('others who may read the identity are told of', async () => {
  const { name } = await storedSecret(secrets, sample);
  const open = path.join(folder, 'open.txt');
  await writeFile(open, identity);
  await chmod(open, 0o644);

  const { stderr } = await keyturn(['restore', await backedUp(name), '-i', open, '--list']);

  expect(stderr).toContain('chmod 600');
});

test('a passphrase opens what it closed, and another does not', async () => {
  const { name } = await storedSecret(secrets, sample);
  const file = newFile();
  await keyturn(['backup', name, '-o', file, '--passphrase-file', '-'], passphrase);

  const listing = ['restore', file, '--list', '--passphrase-file', '-'];
  const opened = await keyturn(listing, `${passphrase}\n`);
  const refused = await keyturn(listing, 'another-passphrase');

  expect(opened.stdout).toContain(`Backup of ${name}`);
  expect(refused.stderr).toContain('[BACKUP_NOT_OPENED]');
}, 90_000);

describe('a secret that is gone', () => {
  test('is made again as it was with --create, and not without', async () => {
    const Name = 'gone/shop';
    const SecretString = '{ "DB_PASSWORD": "gone-value-73", "N": 1.0 }\n';
    const Tags = [{ Key: 'team', Value: 'shop' }];
    const about = { Description: 'of a shop', KmsKeyId: 'alias/shop', Tags };
    await secrets.client.send(new CreateSecretCommand({ Name, SecretString, ...about }));
    const file = await backedUp(Name);
    await goneForGood(Name);
    const again = ['--secret', 'gone/shop-again', '--yes', '--json'];

    const refused = await restore(file, ...again);
    const created = await restore(file, ...again, '--create');

    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'SECRET_NOT_FOUND' });
    expect(refused.stderr).toContain('--create');
    expect(JSON.parse(created.stdout)).toMatchObject({ outcome: 'created' });
    expect(secrets.valueOf('gone/shop-again')).toBe(SecretString);
    const described = new DescribeSecretCommand({ SecretId: 'gone/shop-again' });
    expect(await secrets.client.send(described)).toMatchObject(about);
  });

  test('counts as made where only the answer got lost', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    const before = secrets.valueOf(name);
    await goneForGood(name);
    secrets.interference.after = (operation) =>
      operation === 'CreateSecret' ? refusing('InternalServiceError', '', 500) : undefined;

    const created = await restore(file, '--create', '--secret', 'gone/lost', '--yes', '--json');

    expect(JSON.parse(created.stdout)).toMatchObject({ outcome: 'created' });
    expect(secrets.valueOf('gone/lost')).toBe(before);
  });

  test('or scheduled for deletion is told of', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    await secrets.client.send(new DeleteSecretCommand({ SecretId: name }));

    const { exitCode, stderr } = await restore(file, '--create', '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('restore-secret');
    expect(writes()).toEqual([]);
  });
});

const remove = (name: string) => secrets.client.send(new DeleteSecretCommand({ SecretId: name }));

async function hide(name: string) {
  secrets.interference.before = (operation, body) =>
    operation === 'DescribeSecret' && body.includes(name)
      ? refusing('AccessDeniedException', 'no')
      : undefined;
}

describe('another secret than the one that was backed up', () => {
  const target = 'other/shop';
  const intoOther = ['--secret', target, '--yes', '--json', '--unverified'];

  test.each<[string, (name: string) => Promise<unknown>, RegExp]>([
    ['is there', async () => undefined, /is there, with the same credentials/],
    ['is being deleted', (name) => remove(name), /scheduled for deletion/],
    ['cannot be looked at', (name) => hide(name), /could not be looked at \(ACCESS_DENIED\)/],
  ])('is refused where that one %s, unless it is said to be fine', async (what, change, said) => {
    const { name } = await storedSecret(secrets, { ...sample, A: what });
    const arn = await secrets.arnOf(name);
    const file = await backedUp(name);
    await storeOther();
    await change(arn ?? '');
    secrets.calls.length = 0;

    for (const more of [
      ['--secret', target, '--unverified', '--force'],
      ['--secret', `${target}-new`, '--create'],
    ]) {
      const { exitCode, stdout, stderr } = await restore(file, '--yes', '--json', ...more);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ code: 'CREDENTIALS_SHARED' });
      expect(stderr).toMatch(said);
      expect(stderr).toContain(arn);
    }
    expect(writes()).toEqual([]);

    const allowed = await restore(file, ...intoOther, '--shared');
    expect(JSON.parse(allowed.stdout)).toMatchObject({ outcome: 'published', beside: arn });
    expect(allowed.stderr).toContain('Let only one of the two secrets rotate');
  });

  test('takes a backup of one that is gone for good', async () => {
    const { name } = await storedSecret(secrets, { ...sample, A: changed });
    const file = await backedUp(name);
    await storeOther();
    await goneForGood(name);

    const { stdout } = await restore(file, ...intoOther);

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published' });
  });

  test('is one of the same name in another region, too', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);
    const env = { AWS_REGION: 'eu-west-1' };

    const args = ['restore', file, '-i', identityFile, '--yes', '--create', '--json'];
    const { stdout, stderr } = await runKeyturn({ ...secrets, env }, ...args);

    expect(JSON.parse(stdout)).toMatchObject({ code: 'CREDENTIALS_SHARED' });
    expect(stderr).toContain('is there, with the same credentials');
  });

  async function storeOther() {
    if (secrets.isThere(target)) return put(target, { OTHER: added });
    const SecretString = JSON.stringify({ OTHER: added });
    return secrets.client.send(new CreateSecretCommand({ Name: target, SecretString }));
  }
});

describe('a secret that nothing rotates', () => {
  test('is left alone, since nobody can tell whether the credentials work', async () => {
    const { name } = await storedSecret(secrets, { A: changed });
    const file = await backedUp(name);
    await put(name, { A: added });
    secrets.calm();

    const { exitCode, stdout } = await restore(file, '--yes', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'NOT_PROVEN' });
    expect(writes()).toEqual([]);
  });

  test('is restored with --unverified, byte for byte, and no label is left behind', async () => {
    const { name } = await storedSecret(secrets, { A: changed, B: '1' });
    const before = secrets.valueOf(name);
    const file = await backedUp(name);
    await put(name, { A: added });

    const { stdout } = await restore(file, '--yes', '--unverified', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', keys: [] });
    expect(secrets.valueOf(name)).toBe(before);
    expect(secrets.manager.inspect(name)?.stages).toEqual(['AWSCURRENT']);
    expect(secrets.manager.inspect(name, 'AWSPREVIOUS')?.stages).toEqual(['AWSPREVIOUS']);
  });

  test('takes single keys with --only; the others stay as they are, byte for byte', async () => {
    const { name } = await storedSecret(secrets, { A: changed, B: gone });
    const file = await backedUp(name);
    await secrets.client.send(
      new PutSecretValueCommand({ SecretId: name, SecretString: '{ "N": 1.0,  "A": "new" }' }),
    );

    await restore(file, '--yes', '--unverified', '--only', 'A');
    const missing = await restore(file, '--yes', '--unverified', '--only', 'Z');

    expect(secrets.valueOf(name)).toBe(`{ "N": 1.0,  "A": "${changed}" }`);
    expect(missing.stderr).toContain('holds no key Z');
  });

  test('is not written to where it holds that already', async () => {
    const { name } = await storedSecret(secrets, sample);
    const file = await backedUp(name);

    const { stdout } = await restore(file, '--yes', '--unverified', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toEqual([]);
  });

  test('is not made anew for a lost answer: one version comes of the attempts', async () => {
    const { name } = await storedSecret(secrets, { A: changed });
    const file = await backedUp(name);
    await put(name, { A: added });
    secrets.calm();
    const lost = new Set<string>();
    secrets.interference.after = (operation) => {
      if (!/^(Put|Update)/.test(operation) || lost.has(operation)) return undefined;
      lost.add(operation);
      return refusing('InternalServiceError', '', 500);
    };

    const { exitCode } = await restore(file, '--yes', '--unverified');

    expect(exitCode).toBe(0);
    expect(lost.size).toBe(2);
    expect(secrets.valueOf(name)).toBe(`{"A":"${changed}"}`);
    expect(secrets.manager.inspect(name)?.stages).toEqual(['AWSCURRENT']);
  });

  test('keeps its value where it cannot be labelled: AWSCURRENT never moved', async () => {
    const { name } = await storedSecret(secrets, { A: changed });
    const file = await backedUp(name);
    await put(name, { A: added });
    secrets.interference.before = (operation) =>
      operation === 'UpdateSecretVersionStage'
        ? refusing('AccessDeniedException', 'no')
        : undefined;

    const { exitCode } = await restore(file, '--yes', '--unverified');
    expect(exitCode).toBe(1);
    expect(secrets.valueOf(name)).toBe(`{"A":"${added}"}`);
    expect(secrets.manager.inspect(name, 'KEYTURN_PROPOSED')).toBeDefined();

    secrets.calm();
    await restore(file, '--yes', '--unverified');
    expect(secrets.valueOf(name)).toBe(`{"A":"${changed}"}`);
    expect(secrets.manager.inspect(name, 'KEYTURN_PROPOSED')).toBe(undefined);
  });
});

test.each([
  ['without a terminal and without --yes', ['a.age'], 'Add --yes'],
  ['for two files from standard input', ['-', '-i', '-', '--list'], 'Only one of the files'],
  ['without anything that opens it', [], 'missing required argument'],
])('exit code 2 %s', async (_what, args, message) => {
  const { exitCode, stderr } = await keyturn(['restore', ...args]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
