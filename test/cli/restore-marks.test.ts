import {
  DeleteSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { marksOf } from '../../src/rotation/compromised.ts';
import { useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, restore, secrets, writes } = useBackupRig();

const values = { ...sample, SECRET_KEY: 'a-key-somebody-knows', SECRET_KEY_FALLBACKS: ['older'] };

/** Puts the mark of a key on the current version, as keyturn rotate --compromised does. */
async function mark(name: string, key: string) {
  const versionId = secrets().manager.inspect(name)?.versionId;
  const [VersionStage] = marksOf(key);
  const input = { SecretId: name, VersionStage, MoveToVersionId: versionId };
  await secrets().client.send(new UpdateSecretVersionStageCommand(input));
}

const goneForGood = (name: string) =>
  secrets().client.send(
    new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }),
  );

describe('a value that was marked as compromised when it was backed up', () => {
  test('does not become current of a new secret, and the other keys do with --only', async () => {
    const { name } = await storedSecret(secrets(), values);
    await mark(name, 'DB_PASSWORD');
    const file = await backedUp(name);
    await goneForGood(name);
    const create = ['--create', '--yes', '--json', '--secret', 'marked/new'];

    const refused = await restore(file, ...create);
    const without = 'TWILIO_ACCOUNT_SID,TWILIO_AUTH_TOKEN';
    const created = await restore(file, ...create, '--only', without);

    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'KEY_COMPROMISED' });
    expect(refused.stderr).toContain('DB_PASSWORD');
    expect(JSON.parse(created.stdout)).toMatchObject({ outcome: 'created' });
    expect(JSON.parse(secrets().valueOf('marked/new') ?? '')).toEqual({
      TWILIO_ACCOUNT_SID: sample.TWILIO_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: sample.TWILIO_AUTH_TOKEN,
    });
  });

  test('does not become current of a new secret from a version beside the marked one either', async () => {
    const { name, publish } = await storedSecret(secrets(), values);
    await mark(name, 'DB_PASSWORD');
    await publish({ ...values, SECRET_KEY: 'another' });
    const file = await backedUp(name);
    await goneForGood(name);

    const { stdout } = await restore(file, '--create', '--yes', '--json', '--secret', 'marked/no');

    expect(JSON.parse(stdout)).toMatchObject({ code: 'KEY_COMPROMISED' });
    expect(secrets().isThere('marked/no')).toBe(false);
  });
});

describe('a value that was marked in its own secret since', () => {
  test.each([
    ['another secret', ['--secret', 'marked/other', '--unverified'], true],
    ['a new secret', ['--secret', 'marked/not-yet', '--create'], false],
  ])('goes into %s by no option', async (_where, where, isThere) => {
    const { name } = await storedSecret(secrets(), values);
    const file = await backedUp(name);
    await mark(name, 'DB_PASSWORD');
    if (isThere) {
      secrets().manager.createSecret({ name: 'marked/other', secretString: '{"OTHER":"x"}' });
    }
    secrets().calls.length = 0;

    const refused = await restore(file, '--yes', '--json', '--shared', ...where);

    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'KEY_COMPROMISED' });
    expect(secrets().isThere('marked/not-yet')).toBe(false);
    expect(secrets().valueOf('marked/other') ?? '').not.toContain(values.DB_PASSWORD);
  });

  test('is nothing that can be told where its own secret cannot be read', async () => {
    const { name } = await storedSecret(secrets(), values);
    const file = await backedUp(name);
    await mark(name, 'DB_PASSWORD');
    await secrets().client.send(new DeleteSecretCommand({ SecretId: name }));
    secrets().calls.length = 0;

    const where = ['--secret', 'marked/unread', '--create', '--shared'];
    const { exitCode } = await restore(file, '--yes', ...where);

    expect(exitCode).toBe(1);
    expect(writes()).toEqual([]);
  });
});
