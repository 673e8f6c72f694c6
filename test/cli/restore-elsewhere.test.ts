import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { added, changed, useBackupRig } from './backup-rig.ts';
import { refusing, sample } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, identityFile, restore, secrets, writes } = useBackupRig();

const goneForGood = (name: string) =>
  secrets().client.send(
    new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }),
  );

describe('a secret that is gone', () => {
  test('is made again as it was with --create, and not without', async () => {
    const Name = 'gone/shop';
    const SecretString = '{ "DB_PASSWORD": "gone-value-73", "N": 1.0 }\n';
    const Tags = [{ Key: 'team', Value: 'shop' }];
    const about = { Description: 'of a shop', KmsKeyId: 'alias/shop', Tags };
    await secrets().client.send(new CreateSecretCommand({ Name, SecretString, ...about }));
    const file = await backedUp(Name);
    await goneForGood(Name);
    const again = ['--secret', 'gone/shop-again', '--yes', '--json'];

    const refused = await restore(file, ...again);
    const created = await restore(file, ...again, '--create');

    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'SECRET_NOT_FOUND' });
    expect(refused.stderr).toContain('--create');
    expect(JSON.parse(created.stdout)).toMatchObject({ outcome: 'created' });
    expect(secrets().valueOf('gone/shop-again')).toBe(SecretString);
    const described = new DescribeSecretCommand({ SecretId: 'gone/shop-again' });
    expect(await secrets().client.send(described)).toMatchObject(about);
  });

  test('counts as made where only the answer got lost', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    const before = secrets().valueOf(name);
    await goneForGood(name);
    secrets().interference.after = (operation) =>
      operation === 'CreateSecret' ? refusing('InternalServiceError', '', 500) : undefined;

    const created = await restore(file, '--create', '--secret', 'gone/lost', '--yes', '--json');

    expect(JSON.parse(created.stdout)).toMatchObject({ outcome: 'created' });
    expect(secrets().valueOf('gone/lost')).toBe(before);
  });

  test('or scheduled for deletion is told of', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    await secrets().client.send(new DeleteSecretCommand({ SecretId: name }));

    const { exitCode, stderr } = await restore(file, '--create', '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('restore-secret');
    expect(writes()).toEqual([]);
  });
});

const remove = (name: string) => secrets().client.send(new DeleteSecretCommand({ SecretId: name }));

async function hide(name: string) {
  secrets().interference.before = (operation, body) =>
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
    const { name } = await storedSecret(secrets(), { ...sample, A: what });
    const arn = await secrets().arnOf(name);
    const file = await backedUp(name);
    await storeOther();
    await change(arn ?? '');
    secrets().calls.length = 0;

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
    const { name } = await storedSecret(secrets(), { ...sample, A: changed });
    const file = await backedUp(name);
    await storeOther();
    await goneForGood(name);

    const { stdout } = await restore(file, ...intoOther);

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published' });
  });

  test('is one of the same name in another region, too', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    const env = { AWS_REGION: 'eu-west-1' };

    const args = ['restore', file, '-i', identityFile(), '--yes', '--create', '--json'];
    const { stdout, stderr } = await runKeyturn({ ...secrets(), env }, ...args);

    expect(JSON.parse(stdout)).toMatchObject({ code: 'CREDENTIALS_SHARED' });
    expect(stderr).toContain('is there, with the same credentials');
  });

  async function storeOther() {
    const { client, isThere } = secrets();
    const SecretString = JSON.stringify({ OTHER: added });
    return isThere(target)
      ? client.send(new PutSecretValueCommand({ SecretId: target, SecretString }))
      : client.send(new CreateSecretCommand({ Name: target, SecretString }));
  }
});
