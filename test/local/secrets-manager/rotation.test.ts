import { randomUUID } from 'node:crypto';
import { CancelRotateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import {
  functionArn,
  get,
  labels,
  moveLabel,
  name,
  put,
  register,
  rotate,
  settle,
  start,
  story,
  wholeRotation,
} from './support.ts';

const token = randomUUID();
const rotation = { RotationLambdaARN: functionArn, ClientRequestToken: token };

test('answers at once with the version, and invokes the four steps in order afterwards', async () => {
  const started = await start();
  const received = register(started);

  const answer = await rotate(started, rotation);
  await settle(started);

  expect(answer).toMatchObject({ ARN: started.arn, Name: name, VersionId: token });
  expect(received).toEqual(
    ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
      Step,
      SecretId: started.arn,
      ClientRequestToken: token,
      RotationToken: expect.stringMatching(/^[a-zA-Z0-9-]{36,256}$/),
    })),
  );
  expect(new Set(received.map(({ RotationToken }) => RotationToken)).size).toBe(1);
  expect(story(started.events)).toEqual(['RotationStarted', ...wholeRotation, 'RotationSucceeded']);
  expect(await labels(started)).toEqual({
    [started.first]: ['AWSPREVIOUS'],
    [token]: ['AWSCURRENT', 'AWSPENDING'],
  });
});

test('shows createSecret a pending version without a value', async () => {
  const started = await start();
  const seen: unknown[] = [];
  register(started, async ({ Step }) => {
    if (Step !== 'createSecret') return;
    seen.push(await labels(started));
    seen.push(await get(started, { VersionStage: 'AWSPENDING' }).catch((error) => error));
    seen.push(
      await get(started, { VersionId: token, VersionStage: 'AWSPENDING' }).catch((error) => error),
    );
  });

  await rotate(started, rotation);
  await settle(started);

  expect(seen).toEqual([
    { [started.first]: ['AWSCURRENT'], [token]: ['AWSPENDING'] },
    expect.objectContaining({
      name: 'ResourceNotFoundException',
      message:
        "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    }),
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  ]);
});

test('sends no RotationToken where it is told not to', async () => {
  const started = await start({ sendRotationToken: false });
  const received = register(started);
  await rotate(started, rotation);
  await settle(started);

  expect(received.every((event) => !('RotationToken' in event))).toBe(true);
});

test('tells when a secret was rotated', async () => {
  const started = await start();
  register(started);
  await started.clock.advance(60_000);
  await rotate(started, { ...rotation, RotationRules: { ScheduleExpression: 'rate(10 days)' } });
  await settle(started);

  const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));
  expect(described).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: functionArn,
    RotationRules: { ScheduleExpression: 'rate(10 days)', AutomaticallyAfterDays: 11 },
    LastRotatedDate: started.clock.now(),
    NextRotationDate: new Date('2026-01-11T23:59:59Z'),
  });
});

test.each([
  ['kept', ['AWSCURRENT', 'AWSPENDING']],
  ['removed', ['AWSCURRENT']],
] as const)(
  'AWSPENDING is %s when a rotation has succeeded',
  async (pendingAfterSuccess, stages) => {
    const started = await start({ pendingAfterSuccess });
    register(started);
    await rotate(started, rotation);
    await settle(started);

    expect(await labels(started)).toMatchObject({ [token]: stages });
  },
);

test('rotates again after a success, whether AWSPENDING was kept or not', async () => {
  const started = await start();
  register(started);
  await rotate(started, rotation);
  await settle(started);
  const next = await rotate(started);
  await settle(started);

  expect(await labels(started)).toEqual({
    [token]: ['AWSPREVIOUS'],
    [String(next.VersionId)]: ['AWSCURRENT', 'AWSPENDING'],
  });
});

test('refuses to rotate where no function was ever named', async () => {
  const started = await start();
  await expect(rotate(started)).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: 'No Lambda rotation function ARN is associated with this secret.',
  });
});

test('refuses a function that cannot be invoked', async () => {
  const started = await start();
  await expect(rotate(started, rotation)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    $metadata: { httpStatusCode: 400 },
  });
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });
});

test('lets one of two rotations asked for at once start', async () => {
  const started = await start();
  const received = register(started);

  const answers = await Promise.allSettled(
    [1, 2].map(() => rotate(started, { RotationLambdaARN: functionArn })),
  );
  await settle(started);

  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: {
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    },
  });
  expect(received).toHaveLength(4);
});

test('answers the same request again without a second rotation', async () => {
  const started = await start();
  const received = register(started);
  await rotate(started, rotation);

  expect(await rotate(started, rotation)).toMatchObject({ VersionId: token });
  await settle(started);
  expect(received).toHaveLength(4);
});

test('stops when rotation is cancelled, leaves AWSPENDING and names its version', async () => {
  const started = await start();
  let cancelled: unknown;
  const received = register(started, async ({ Step }) => {
    if (Step !== 'setSecret') return;
    cancelled = await started.client.send(new CancelRotateSecretCommand({ SecretId: name }));
    throw new Error('fails after that');
  });

  await rotate(started, rotation);
  await settle(started);

  expect(cancelled).toMatchObject({ ARN: started.arn, Name: name, VersionId: token });
  expect(received.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret']);
  expect(await labels(started)).toMatchObject({ [token]: ['AWSPENDING'] });
  const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));
  expect(described).toMatchObject({ RotationEnabled: false, RotationLambdaARN: functionArn });
});

test('does not rotate after a cancelled rotation before AWSPENDING is taken off', async () => {
  const started = await start({ retryAttempts: 0 });
  const received = register(started, () => {
    throw new Error('never works');
  });
  await rotate(started, rotation);
  await settle(started);
  await started.client.send(new CancelRotateSecretCommand({ SecretId: name }));
  received.length = 0;

  await expect(rotate(started)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await settle(started);
  expect(received).toEqual([]);

  await moveLabel(started, { VersionStage: 'AWSPENDING', RemoveFromVersionId: token });
  await expect(rotate(started)).resolves.toBeDefined();
});

test('cancels nothing where rotation was never turned on', async () => {
  const { client } = await start();
  await expect(
    client.send(new CancelRotateSecretCommand({ SecretId: name })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test.each([
  ['put as current', {}, ['AWSCURRENT']],
  ['put as pending', { VersionStages: ['AWSPENDING'] }, ['AWSPENDING']],
  ['put with a custom label', { VersionStages: ['OTHER'] }, ['OTHER']],
])('abandons a rotation when another version is %s', async (_how, members, stages) => {
  const started = await start();
  const other = randomUUID();
  const received = register(started, async ({ Step }) => {
    if (Step === 'setSecret') await put(started, { ClientRequestToken: other, ...members });
  });

  await rotate(started, rotation);
  await settle(started);

  expect(received.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret']);
  expect(story(started.events)).toEqual([
    'RotationStarted',
    'createSecret passed',
    'RotationAbandoned',
    'setSecret passed',
  ]);
  expect(await labels(started)).toMatchObject({ [other]: stages });
  expect(await labels(started)).not.toHaveProperty(token);
});

test('abandons a rotation when AWSPENDING is moved to another version', async () => {
  const started = await start();
  register(started, async ({ Step }) => {
    if (Step !== 'setSecret') return;
    await moveLabel(started, {
      VersionStage: 'AWSPENDING',
      MoveToVersionId: started.first,
      RemoveFromVersionId: token,
    });
  });

  await rotate(started, rotation);
  await settle(started);

  expect(story(started.events)).toContain('RotationAbandoned');
  expect(story(started.events)).not.toContain('RotationSucceeded');
});

test('invokes nothing once it is closed', async () => {
  const started = await start();
  const received = register(started, () => started.manager.close());
  await rotate(started, { ...rotation, RotationRules: { ScheduleExpression: 'rate(4 hours)' } });
  await settle(started);
  await started.clock.advance(24 * 3_600_000);

  expect(received.map(({ Step }) => Step)).toEqual(['createSecret']);
});
