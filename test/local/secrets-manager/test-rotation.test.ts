import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { functionArn, get, labels, register, rotate, settle, start, story } from './support.ts';

const request = {
  RotationLambdaARN: functionArn,
  RotateImmediately: false,
  RotationRules: { ScheduleExpression: 'cron(0 8 1 * ? *)' },
};

test('invokes testSecret alone, on a pending copy of the current value', async () => {
  const started = await start();
  let seen: unknown;
  const received = register(started, async ({ ClientRequestToken: VersionId }) => {
    seen = await get(started, { VersionId, VersionStage: 'AWSPENDING' });
  });

  await rotate(started, request);
  await settle(started);

  expect(received).toEqual([
    expect.objectContaining({ Step: 'testSecret', SecretId: started.arn }),
  ]);
  expect(received[0]?.ClientRequestToken).not.toBe(started.first);
  expect(seen).toMatchObject({ SecretString: 'value-1', VersionStages: ['AWSPENDING'] });
  expect(story(started.events)).toEqual([
    'TestRotationStarted',
    'testSecret passed',
    'TestRotationSucceeded',
  ]);
});

test.each([true, false])('removes the copy afterwards (the test passed: %s)', async (passes) => {
  const started = await start();
  const received = register(started, () => {
    if (!passes) throw new Error('sick');
  });

  await rotate(started, request);
  await settle(started);

  expect(received).toHaveLength(1);
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });
  await expect(
    get(started, { VersionId: String(received[0]?.ClientRequestToken) }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(story(started.events).at(-1)).toBe(
    passes ? 'TestRotationSucceeded' : 'TestRotationFailed',
  );
});

test('rotates by the schedule that was set with it', async () => {
  const started = await start();
  const received = register(started);
  await rotate(started, { ...request, ClientRequestToken: randomUUID() });
  await settle(started);
  received.length = 0;

  await started.clock.advance(Date.parse('2026-02-01T08:00:00Z') - started.clock.now().getTime());
  await settle(started);

  expect(received).toHaveLength(4);
});
