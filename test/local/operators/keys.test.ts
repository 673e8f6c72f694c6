import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { allowing, startOperators, userWith, type Operators } from './support.ts';

const { secretName: SecretId } = production;

const made = v.object({ KeyMetadata: v.object({ KeyId: v.string(), Arn: v.string() }) });

/** The secret, encrypted with a key of its own. */
async function encrypted(options: Parameters<typeof startOperators>[0] = {}) {
  const started = await startOperators(options);
  const { KeyMetadata } = v.parse(made, await started.keys('CreateKey'));
  const { Arn, KeyId } = KeyMetadata;
  await started.secrets.send(new UpdateSecretCommand({ SecretId, KmsKeyId: Arn }));
  return { ...started, Arn, KeyId };
}

const read = ({ secrets }: Pick<Operators, 'secrets'>) =>
  secrets.send(new GetSecretValueCommand({ SecretId }));

const keyDenied = { name: 'AccessDeniedException', message: 'Access to KMS is not allowed' };

const policy = (Principal: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }],
  });

describe('a secret with a key of KMS', () => {
  test('shows the key, and is read by who may use it', async () => {
    const started = await encrypted();

    expect(await started.secrets.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({
      KmsKeyId: started.Arn,
    });
    await expect(read(started)).resolves.toBeDefined();
  });

  test('is not read where the key’s policy is for others only', async () => {
    const started = await encrypted();
    const Policy = policy({ AWS: 'arn:aws:iam::000000000000:role/somebody' });

    await started.keys('PutKeyPolicy', { KeyId: started.KeyId, PolicyName: 'default', Policy });

    await expect(read(started)).rejects.toMatchObject(keyDenied);
    await expect(
      started.secrets.send(new DescribeSecretCommand({ SecretId })),
    ).resolves.toBeDefined();
  });

  test('is not read by a user whose policy says nothing of keys', async () => {
    const started = await encrypted();
    const allowed = allowing('secretsmanager:GetSecretValue');

    await expect(read(started.as(await userWith(started, [allowed])))).rejects.toMatchObject(
      keyDenied,
    );
    await expect(
      read(started.as(await userWith(started, [allowed, allowing('kms:Decrypt')]))),
    ).resolves.toBeDefined();
  });

  test('may be named by its id alone', async () => {
    const started = await encrypted();
    const { KeyId } = started;
    await started.secrets.send(new UpdateSecretCommand({ SecretId, KmsKeyId: KeyId }));
    await expect(read(started)).resolves.toBeDefined();

    await started.keys('DisableKey', { KeyId });

    await expect(read(started)).rejects.toMatchObject({ name: 'DecryptionFailure' });
  });

  test('is read without leave to use it, where the key is Secrets Manager’s own', async () => {
    const started = await startOperators();
    const KmsKeyId = 'alias/aws/secretsmanager';
    await started.secrets.send(new UpdateSecretCommand({ SecretId, KmsKeyId }));
    const user = await userWith(started, [allowing('secretsmanager:GetSecretValue')]);

    await expect(read(started.as(user))).resolves.toBeDefined();
  });

  test('is not read by the application’s role that is granted no key', async () => {
    const started = await encrypted({ holdsRoles: true });

    await expect(read(started.as(production.applicationRole))).rejects.toMatchObject(keyDenied);
  });

  test.each([
    ['switched off', 'DisableKey'],
    ['about to be deleted', 'ScheduleKeyDeletion'],
  ])('is neither read nor written while the key is %s', async (_what, operation) => {
    const started = await encrypted();
    const { KeyId } = started;
    await started.keys(operation, { KeyId });

    await expect(read(started)).rejects.toMatchObject({ name: 'DecryptionFailure' });
    await expect(
      started.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' })),
    ).rejects.toMatchObject({ name: 'EncryptionFailure' });
    await started.keys('CancelKeyDeletion', { KeyId });
    await started.keys('EnableKey', { KeyId });
    await expect(read(started)).resolves.toBeDefined();
  });

  test('is not made with a key that the user may not use', async () => {
    const started = await encrypted();
    const { secrets } = started.as(await userWith(started, [allowing('secretsmanager:*')]));
    const creation = { Name: 'another', SecretString: '{}', KmsKeyId: started.Arn };

    await expect(secrets.send(new CreateSecretCommand(creation))).rejects.toMatchObject(keyDenied);
  });
});

describe('a key', () => {
  test('is described by its id or ARN, with its state', async () => {
    const { keys, KeyId, Arn } = await encrypted();
    const metadata = { KeyId, Arn, KeyState: 'Enabled', Enabled: true, KeyManager: 'CUSTOMER' };

    expect(await keys('DescribeKey', { KeyId: Arn })).toEqual({
      KeyMetadata: expect.objectContaining(metadata),
    });
    await keys('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    expect(await keys('DescribeKey', { KeyId })).toEqual({
      KeyMetadata: expect.objectContaining({
        KeyState: 'PendingDeletion',
        Enabled: false,
        DeletionDate: Date.parse('2026-01-08T00:00:00Z') / 1000,
      }),
    });
  });

  test('has the policy that it was given, or else leaves it to those of the account', async () => {
    const { keys, KeyId } = await encrypted();
    const Policy = policy({ AWS: '*' });

    const { Policy: usual } = await keys('GetKeyPolicy', { KeyId });
    expect(usual).toContain('arn:aws:iam::000000000000:root');
    await keys('PutKeyPolicy', { KeyId, Policy });
    expect(await keys('GetKeyPolicy', { KeyId })).toMatchObject({ Policy });
  });

  test.each([
    ['one that is not there', 'DescribeKey', { KeyId: 'nothing' }, 'NotFoundException'],
    ['an operation that is not here', 'Encrypt', {}, 'UnknownOperationException'],
    ['a short wait', 'ScheduleKeyDeletion', { PendingWindowInDays: 1 }, 'ValidationException'],
    ['a policy that is no JSON', 'CreateKey', { Policy: '{' }, 'MalformedPolicyDocumentException'],
  ])('refuses %s', async (_what, operation, body, type) => {
    const { keys } = await startOperators();

    expect(await keys(operation, body)).toMatchObject({ __type: type });
  });

  test('is not to be switched on while it waits to be deleted', async () => {
    const { keys, KeyId } = await encrypted();
    await keys('ScheduleKeyDeletion', { KeyId });

    expect(await keys('EnableKey', { KeyId })).toMatchObject({
      __type: 'KMSInvalidStateException',
    });
  });

  test('is not described to a user who may not', async () => {
    const started = await encrypted();
    const accessKeyId = await userWith(started, []);

    expect(await started.keys('DescribeKey', { KeyId: started.KeyId }, accessKeyId)).toMatchObject({
      __type: 'AccessDeniedException',
      message: `User: arn:aws:iam::000000000000:user/reader is not authorized to perform: kms:DescribeKey on resource: ${started.Arn} because no identity-based policy allows the kms:DescribeKey action`,
    });
  });
});
