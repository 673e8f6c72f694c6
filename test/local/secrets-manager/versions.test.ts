import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { functionArn, get, labels, name, put, register, rotate, settle, start } from './support.ts';

const token = randomUUID();

test('creates a secret with one current version named by the token', async () => {
  const started = await start();
  const created = await started.client.send(
    new CreateSecretCommand({ Name: 'new', SecretString: 'x', ClientRequestToken: token }),
  );

  expect(created.ARN).toMatch(/:secret:new-[A-Za-z0-9]{6}$/);
  expect(created.VersionId).toBe(token);
  expect(await labels(started, 'new')).toEqual({ [token]: ['AWSCURRENT'] });
  expect(await get(started, { SecretId: 'new' })).toMatchObject({
    ARN: created.ARN,
    Name: 'new',
    VersionId: token,
    SecretString: 'x',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: started.clock.now(),
  });
});

test('creates a secret without a value, which has no version', async () => {
  const started = await start();
  const created = await started.client.send(new CreateSecretCommand({ Name: 'empty' }));
  const described = await started.client.send(new DescribeSecretCommand({ SecretId: 'empty' }));

  expect(created.VersionId).toBeUndefined();
  expect(described.VersionIdsToStages).toBeUndefined();
  await expect(get(started, { SecretId: 'empty' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
});

test('answers the same creation twice, and refuses another of the same name', async () => {
  const { client } = await start();
  const create = (SecretString: string) =>
    client.send(
      new CreateSecretCommand({ Name: 'twice', SecretString, ClientRequestToken: token }),
    );
  const first = await create('x');

  expect(await create('x')).toMatchObject({ ARN: first.ARN, VersionId: token });
  await expect(create('y')).rejects.toMatchObject({
    name: 'ResourceExistsException',
    message: 'The operation failed because the secret twice already exists.',
  });
});

test('describes only what a secret has', async () => {
  const { client, arn, first, clock } = await start();
  const { $metadata, ...described } = await client.send(
    new DescribeSecretCommand({ SecretId: name }),
  );

  expect($metadata.httpStatusCode).toBe(200);
  expect(described).toEqual({
    ARN: arn,
    Name: name,
    CreatedDate: clock.now(),
    LastChangedDate: clock.now(),
    VersionIdsToStages: { [first]: ['AWSCURRENT'] },
  });
});

test('tells the day of the last access', async () => {
  const started = await start();
  await started.clock.advance(5 * 3_600_000);
  await get(started);
  const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));

  expect(described.LastAccessedDate).toEqual(new Date('2026-01-01T00:00:00Z'));
});

test('moves AWSCURRENT, and AWSPREVIOUS behind it, where a put names no stages', async () => {
  const started = await start();
  const second = await put(started);
  const third = await put(started, { SecretString: 'value-3' });

  expect(third.VersionStages).toEqual(['AWSCURRENT']);
  expect(await labels(started)).toEqual({
    [String(second.VersionId)]: ['AWSPREVIOUS'],
    [String(third.VersionId)]: ['AWSCURRENT'],
  });
  const unlabelled = await get(started, { VersionId: started.first });
  expect(unlabelled.SecretString).toBe('value-1');
  expect(unlabelled.VersionStages).toBeUndefined();
});

test('keeps AWSCURRENT where a put names other stages', async () => {
  const started = await start();
  const answer = await put(started, { VersionStages: ['two', 'AWSPENDING', 'one'] });

  expect(answer.VersionStages).toEqual(['AWSPENDING', 'one', 'two']);
  expect(await get(started)).toMatchObject({ SecretString: 'value-1' });
  expect(await get(started, { VersionStage: 'AWSPENDING' })).toMatchObject({
    SecretString: 'value-2',
  });
});

test('moves custom labels to the version that is put with them', async () => {
  const started = await start();
  const older = await put(started, { VersionStages: ['one', 'two'] });
  const newer = await put(started, { SecretString: 'value-3', VersionStages: ['two'] });

  expect(await labels(started)).toMatchObject({
    [String(older.VersionId)]: ['one'],
    [String(newer.VersionId)]: ['two'],
  });
});

test('gives the first version AWSCURRENT, whatever stages it is put with', async () => {
  const started = await start();
  await started.client.send(new CreateSecretCommand({ Name: 'empty' }));
  await put(started, { SecretId: 'empty', ClientRequestToken: token, VersionStages: ['one'] });

  expect(await labels(started, 'empty')).toEqual({ [token]: ['AWSCURRENT', 'one'] });
});

test('ignores the same put again, and refuses another value under its token', async () => {
  const started = await start();
  const again = () => put(started, { ClientRequestToken: token, VersionStages: ['AWSPENDING'] });
  const first = await again();
  const before = await labels(started);

  expect(await again()).toMatchObject({
    VersionId: first.VersionId,
    VersionStages: ['AWSPENDING'],
  });
  expect(await labels(started)).toEqual(before);
  await expect(
    put(started, { ClientRequestToken: token, SecretString: 'hidden' }),
  ).rejects.toMatchObject({
    name: 'ResourceExistsException',
    message: `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${started.arn}.`,
  });
});

test('ignores a put that repeats the version that has become current', async () => {
  const started = await start();
  await put(started, { ClientRequestToken: token });
  await put(started, { SecretString: 'value-3' });
  await put(started, { ClientRequestToken: token });

  expect(await get(started)).toMatchObject({ SecretString: 'value-3' });
});

test('carries bytes', async () => {
  const started = await start();
  const SecretBinary = new Uint8Array([0, 255, 7]);
  await put(started, { SecretString: undefined, SecretBinary });

  expect(new Uint8Array((await get(started)).SecretBinary ?? [])).toEqual(SecretBinary);
});

test('updates the description without making a version', async () => {
  const started = await start();
  const updated = await started.client.send(
    new UpdateSecretCommand({ SecretId: name, Description: 'new' }),
  );
  const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));

  expect(updated.VersionId).toBeUndefined();
  expect(described).toMatchObject({ Description: 'new' });
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });
});

test('updates the value as a put without stages does', async () => {
  const started = await start();
  await started.client.send(
    new UpdateSecretCommand({ SecretId: name, SecretString: 'x', ClientRequestToken: token }),
  );

  expect(await labels(started)).toEqual({
    [started.first]: ['AWSPREVIOUS'],
    [token]: ['AWSCURRENT'],
  });
});

test.each([
  [
    'a version that is not there',
    { VersionId: token },
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for VersionId: ${token}`,
  ],
  [
    'a label that is nowhere',
    { VersionStage: 'AWSPENDING' },
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  ],
])('does not find %s', async (_what, members, type, message) => {
  const started = await start();
  await expect(get(started, members)).rejects.toMatchObject({ name: type, message });
});

test('refuses a version id with a label that the version has not', async () => {
  const started = await start();
  await expect(
    get(started, { VersionId: started.first, VersionStage: 'AWSPENDING' }),
  ).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: 'You provided a VersionStage that is not associated to the provided VersionId.',
  });
});

test('takes 65,536 bytes and not one more', async () => {
  const started = await start();

  await expect(put(started, { SecretString: 'é'.repeat(32_768) })).resolves.toBeDefined();
  await expect(put(started, { SecretString: `${'é'.repeat(32_768)}x` })).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
  });
  await expect(
    put(started, { SecretString: undefined, SecretBinary: new Uint8Array(65_537) }),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

test.each([
  ['a short token', { ClientRequestToken: 'a'.repeat(31) }, 'ValidationException'],
  ['a long token', { ClientRequestToken: 'a'.repeat(65) }, 'ValidationException'],
  ['a short RotationToken', { RotationToken: 'a'.repeat(35) }, 'ValidationException'],
  ['a strange RotationToken', { RotationToken: '_'.repeat(40) }, 'ValidationException'],
  ['21 labels', { VersionStages: Array.from({ length: 21 }, String) }, 'ValidationException'],
  ['no value', { SecretString: undefined }, 'InvalidRequestException'],
  ['two values', { SecretBinary: new Uint8Array(1) }, 'InvalidParameterException'],
])('refuses a put with %s', async (_what, members, type) => {
  const started = await start();
  await expect(put(started, members)).rejects.toMatchObject({ name: type });
});

test('removes unlabelled versions beyond the limit, but none of the last 24 hours', async () => {
  const started = await start({ versionLimit: 4 });
  for (let count = 2; count <= 4; count++) await put(started, { SecretString: `value-${count}` });

  await expect(put(started, { SecretString: 'value-5' })).rejects.toMatchObject({
    name: 'LimitExceededException',
  });
  await started.clock.advance(24 * 3_600_000);
  await put(started, { SecretString: 'value-5' });

  expect(await get(started)).toMatchObject({ SecretString: 'value-5' });
  expect(await get(started, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({
    SecretString: 'value-4',
  });
  await expect(get(started, { VersionId: started.first })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('removes unlabelled versions when rotations make new ones, too', async () => {
  const started = await start({ versionLimit: 3 });
  register(started);
  for (let count = 1; count <= 5; count++) {
    await rotate(started, { RotationLambdaARN: functionArn });
    await settle(started);
    await started.clock.advance(24 * 3_600_000);
  }

  const { Versions } = await started.client.send(
    new ListSecretVersionIdsCommand({ SecretId: name, IncludeDeprecated: true }),
  );
  expect(Versions).toHaveLength(3);
});

test('answers reads by label alone late, and by version id at once, where it is told to lag', async () => {
  const started = await start({ labelReadLagMs: 5000 });
  await started.clock.advance(60_000);
  const { VersionId } = await put(started);

  expect(await get(started)).toMatchObject({
    SecretString: 'value-1',
    VersionStages: ['AWSCURRENT'],
  });
  expect(await get(started, { VersionId, VersionStage: 'AWSCURRENT' })).toMatchObject({
    SecretString: 'value-2',
  });
  await expect(get(started, { VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });

  await started.clock.advance(5000);
  expect(await get(started)).toMatchObject({ SecretString: 'value-2' });
  expect(await get(started, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({
    SecretString: 'value-1',
  });
});
