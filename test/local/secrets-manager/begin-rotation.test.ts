import { randomUUID } from 'node:crypto';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import {
  functionArn,
  get,
  labels,
  name,
  put,
  register,
  rotate,
  settle,
  start,
  type Started,
} from './support.ts';

const token = randomUUID();
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

async function invokeByHand({ functions, arn }: Started): Promise<void> {
  for (const Step of steps) {
    await functions.get(functionArn)?.({ Step, SecretId: arn, ClientRequestToken: token });
  }
}

test('arms a rotation without invoking anything', async () => {
  const started = await start();
  const received = register(started);
  started.manager.beginRotation(name, { token, functionArn });
  await settle(started);

  const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));
  expect(described).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: functionArn,
    VersionIdsToStages: { [started.first]: ['AWSCURRENT'], [token]: ['AWSPENDING'] },
  });
  await expect(get(started, { VersionId: token })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(received).toEqual([]);
  expect(started.events).toEqual([]);
});

test('arms the same token again after it finished, and keeps the current value', async () => {
  const started = await start();
  register(started);
  started.manager.beginRotation(name, { token, functionArn });
  await invokeByHand(started);
  const finished = await get(started);

  started.manager.beginRotation(name, { token, functionArn });

  const current = await get(started);
  expect(finished.VersionId).toBe(token);
  expect(current).toMatchObject({
    SecretString: finished.SecretString,
    CreatedDate: finished.CreatedDate,
    VersionStages: ['AWSCURRENT'],
  });
  expect(await labels(started)).toEqual({
    [started.first]: ['AWSPREVIOUS'],
    [String(current.VersionId)]: ['AWSCURRENT'],
    [token]: ['AWSPENDING'],
  });

  await invokeByHand(started);
  expect(await get(started)).toMatchObject({ VersionId: token });
});

test('arms the same token again half-way, from the beginning', async () => {
  const started = await start();
  register(started);
  started.manager.beginRotation(name, { token, functionArn });
  await put(started, { ClientRequestToken: token, VersionStages: ['AWSPENDING'] });

  started.manager.beginRotation(name, { token, functionArn });

  await expect(get(started, { VersionId: token })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('refuses while a rotation is under way, and a function that is not there', async () => {
  const started = await start();
  const begin = () => started.manager.beginRotation(name, { token: randomUUID(), functionArn });
  expect(begin).toThrow(expect.objectContaining({ type: 'AccessDeniedException' }));

  register(started);
  await rotate(started, { RotationLambdaARN: functionArn });
  expect(begin).toThrow(expect.objectContaining({ type: 'InvalidRequestException' }));
});

test('arms a test of the rotation on a copy of the current value, until it is told to end', async () => {
  const started = await start();
  const received = register(started);
  const end = started.manager.beginTest(name, { token, functionArn });

  expect(await get(started, { VersionId: token })).toMatchObject({
    SecretString: 'value-1',
    VersionStages: ['AWSPENDING'],
  });
  expect(received).toEqual([]);

  end();
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });
  await expect(get(started, { VersionId: token })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('arms a test in place of a rotation by hand, and a rotation in place of a test', async () => {
  const started = await start();
  register(started);
  const other = randomUUID();
  started.manager.beginRotation(name, { token, functionArn });

  started.manager.beginTest(name, { token: other, functionArn });
  expect(await labels(started)).toMatchObject({ [other]: ['AWSPENDING'] });

  started.manager.beginRotation(name, { token, functionArn });
  expect(await labels(started)).toMatchObject({ [token]: ['AWSPENDING'] });
});
