import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import type { Call } from '../../../src/local/secrets-manager/secrets-manager.ts';
import { get, name, put, start, type Started } from './support.ts';

function post(
  { url }: Started,
  {
    operation,
    body,
    ...more
  }: { operation: string; body: string; authorization?: string | undefined },
) {
  const { authorization } = { authorization: 'AWS4-HMAC-SHA256 Credential=test', ...more };
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'x-amz-target': `secretsmanager.${operation}`,
      ...(authorization && { authorization }),
    },
  });
}

test('leaves requests for other services alone', async () => {
  const { manager } = await start();
  const target = { 'x-amz-target': 'AWSScheduler.CreateSchedule' };

  expect(await manager.service(new Request('http://local/'))).toBeUndefined();
  expect(
    await manager.service(new Request('http://local/', { method: 'POST', headers: target })),
  ).toBeUndefined();
});

test('answers JSON 1.1 with a request id and dates in seconds', async () => {
  const started = await start();
  await started.clock.advance(1500);

  const response = await post(started, {
    operation: 'PutSecretValue',
    body: JSON.stringify({ SecretId: name, SecretString: 'x', ClientRequestToken: 'a'.repeat(32) }),
  });
  const described = await post(started, {
    operation: 'DescribeSecret',
    body: JSON.stringify({ SecretId: name }),
  });

  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await described.json()).toMatchObject({
    CreatedDate: 1767225600,
    LastChangedDate: 1767225601.5,
  });
});

test.each([
  ['an unknown operation', 'UnknownOperationException', { operation: 'Nonsense', body: '{}' }],
  ['a broken body', 'SerializationException', { operation: 'GetSecretValue', body: '{"a' }],
  ['a missing member', 'ValidationException', { operation: 'GetSecretValue', body: '{}' }],
  [
    'a missing secret',
    'ResourceNotFoundException',
    { operation: 'GetSecretValue', body: '{"SecretId":"none"}' },
  ],
  [
    'a missing signature',
    'MissingAuthenticationTokenException',
    { operation: 'GetSecretValue', body: '{}', authorization: undefined },
  ],
])('answers %s with 400 %s', async (_what, type, request) => {
  const response = await post(await start(), request);

  expect(response.status).toBe(400);
  expect(response.headers.get('x-amzn-errortype')).toBe(type);
  expect(response.headers.get('x-amzn-requestid')).toBeTruthy();
  expect(await response.json()).toMatchObject({ __type: type, message: expect.any(String) });
});

test.each(['CreateSecret', 'PutSecretValue', 'UpdateSecret'])(
  'wants a ClientRequestToken for %s',
  async (operation) => {
    const started = await start();
    const body = JSON.stringify({ Name: 'other', SecretId: name, SecretString: 'x' });

    const response = await post(started, { operation, body });

    expect(await response.json()).toMatchObject({
      __type: 'InvalidRequestException',
      message: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    });
  },
);

const prefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';

test.each([
  ['its name', name],
  ['its ARN', `${prefix}${name}-AbCdEf`],
  ['its ARN without the suffix', `${prefix}${name}`],
])('finds a secret by %s', async (_what, SecretId) => {
  const { client, arn } = await start();
  const described = await client.send(new DescribeSecretCommand({ SecretId }));
  expect(described).toMatchObject({ ARN: arn, Name: name });
});

test.each([
  ['an ARN with another suffix', `${prefix}${name}-zzzzzz`],
  ['a part of its name', 'reminder-app'],
])('does not find a secret by %s', async (_what, SecretId) => {
  const { client } = await start();
  await expect(client.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
});

test('takes a partial ARN whose name ends like a suffix for a whole one', async () => {
  const { manager, client } = await start();
  const { arn } = manager.createSecret({ name: 'app-a1b2c3', secretString: 'x' });

  const described = client.send(new DescribeSecretCommand({ SecretId: arn.slice(0, -7) }));

  await expect(described).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test.each(['Inv Name', 'a*b', 'a:b'])('refuses the name %j', async (SecretId) => {
  const { client } = await start();
  await expect(client.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  });
});

test('keeps a journal of calls, and tells who listens', async () => {
  const started = await start();
  const heard: Call[] = [];
  const unsubscribe = started.manager.onCall((call) => heard.push(call));
  await get(started);
  await get(started, { VersionStage: 'AWSPENDING' }).catch(() => undefined);
  unsubscribe();
  await put(started);

  expect(heard).toEqual(started.manager.calls.slice(0, 2));
  expect(started.manager.calls).toEqual([
    {
      operation: 'GetSecretValue',
      at: started.clock.now(),
      userAgent: expect.stringContaining('aws-sdk-js'),
      secret: started.arn,
    },
    expect.objectContaining({ operation: 'GetSecretValue', error: 'ResourceNotFoundException' }),
    expect.objectContaining({ operation: 'PutSecretValue' }),
  ]);
});
