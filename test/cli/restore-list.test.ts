import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { added, changed, gone, useBackupRig } from './backup-rig.ts';
import { refusing, sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, identityFile, keyturn, restore, secrets, writes } = useBackupRig();

describe('--list', () => {
  test('tells names of keys and how they differ, and changes nothing', async () => {
    const { name, publish } = await storedSecret(secrets(), {
      ...sample,
      GONE: gone,
      KEPT: 'kept-as-it-is',
    });
    const file = await backedUp(name);
    await publish({ ...sample, DB_PASSWORD: changed, KEPT: 'kept-as-it-is', ADDED: added });
    secrets().calm();

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

  test('with --only tells of those keys, and refuses one that the backup does not hold', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);

    const some = await restore(file, '--list', '--json', '--only', 'DB_PASSWORD');
    const none = await restore(file, '--list', '--json', '--only', 'NOPE');

    expect(JSON.parse(some.stdout)).toMatchObject({ keys: [{ key: 'DB_PASSWORD', is: 'same' }] });
    expect(none.exitCode).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({ code: 'KEY_MISSING' });
  });

  test('tells the names where the secret cannot be read', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    secrets().interference.before = () => refusing('AccessDeniedException', 'no');

    const { exitCode, stdout, stderr } = await restore(file, '--list', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      keys: [{ key: 'DB_PASSWORD', is: 'not compared' }, {}, {}],
    });
    expect(stderr).toContain('[ACCESS_DENIED]');
  });

  test('takes the backup from standard input, armored', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name, '--armor');

    const { exitCode, stdout } = await keyturn(
      ['restore', '-', '-i', identityFile(), '--list'],
      await readFile(file),
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Backup of ${name}`);
  });

  test('of a version that had another label with --stage', async () => {
    const { name } = await storedSecret(secrets(), { OLD: 'old-one' }, { NEW: 'new-one' });
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
    const { name } = await storedSecret(secrets(), sample);
    await secrets().client.send(
      new PutSecretValueCommand({ SecretId: name, SecretBinary: new Uint8Array([1, 2]) }),
    );
    const file = await backedUp(name);

    const { stdout } = await restore(file, '--list', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      keys: [{ key: '(the whole value)', is: 'same' }],
    });
  });
});
