import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  RestoreSecretCommand,
  type DeleteSecretCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import {
  functionArn,
  get,
  name,
  put,
  register,
  rotate,
  settle,
  start,
  type Started,
} from './support.ts';

const day = 86_400_000;

const remove = ({ client }: Started, more: Partial<DeleteSecretCommandInput> = {}) =>
  client.send(new DeleteSecretCommand({ SecretId: name, ...more }));

const describeIt = ({ client }: Started) =>
  client.send(new DescribeSecretCommand({ SecretId: name }));

test('keeps a deleted secret for its window, unreadable, then purges it', async () => {
  const started = await start();
  const deletionDate = new Date(started.clock.now().getTime() + 7 * day);
  const answer = await remove(started, { RecoveryWindowInDays: 7 });

  expect(answer).toMatchObject({ ARN: started.arn, Name: name, DeletionDate: deletionDate });
  expect(await describeIt(started)).toMatchObject({ DeletedDate: deletionDate });
  const refused = {
    name: 'InvalidRequestException',
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  };
  await expect(get(started)).rejects.toMatchObject(refused);
  await expect(put(started)).rejects.toMatchObject(refused);
  await expect(rotate(started)).rejects.toMatchObject(refused);

  await started.clock.advance(7 * day);
  await expect(describeIt(started)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('takes 30 days where no window is named', async () => {
  const started = await start();
  await remove(started);
  await started.clock.advance(30 * day - 1);
  await expect(describeIt(started)).resolves.toBeDefined();
  await started.clock.advance(1);
  await expect(describeIt(started)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('restores a secret as it was', async () => {
  const started = await start();
  await remove(started);
  await started.client.send(new RestoreSecretCommand({ SecretId: name }));
  await started.clock.advance(31 * day);

  expect(await get(started)).toMatchObject({ SecretString: 'value-1' });
  expect(await describeIt(started)).not.toHaveProperty('DeletedDate');
});

test('keeps the name until the secret is purged', async () => {
  const started = await start();
  const create = () =>
    started.client.send(new CreateSecretCommand({ Name: name, SecretString: 'x' }));
  await remove(started);

  await expect(create()).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message:
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
  });
  await remove(started, { ForceDeleteWithoutRecovery: true });
  await expect(create()).resolves.toBeDefined();
});

test('deletes by force what is not there, too', async () => {
  const started = await start();
  const gone = { SecretId: 'gone', ForceDeleteWithoutRecovery: true };

  await expect(remove(started, gone)).resolves.toBeDefined();
  await expect(remove(started, { SecretId: 'gone' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test.each([
  { RecoveryWindowInDays: 6 },
  { RecoveryWindowInDays: 31 },
  { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
])('refuses %o', async (members) => {
  const started = await start();
  await expect(remove(started, members)).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('rotates nothing while deletion is scheduled, and again after a restore', async () => {
  const started = await start();
  const received = register(started);
  await rotate(started, {
    RotationLambdaARN: functionArn,
    RotationRules: { ScheduleExpression: 'rate(1 day)' },
  });
  await settle(started);
  received.length = 0;

  await remove(started);
  await started.clock.advance(3 * day);
  expect(received).toEqual([]);

  await started.client.send(new RestoreSecretCommand({ SecretId: name }));
  await started.clock.advance(day);
  await settle(started);
  expect(received).toHaveLength(4);
});
