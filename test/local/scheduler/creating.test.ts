import { type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { describe, expect, test } from 'vitest';
import { functionArn, request, start, target } from './support.ts';

describe('creating', () => {
  test('under a name that exists is a conflict', async () => {
    const { create } = await start();
    await create();

    await expect(create()).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule reconcile already exists.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('again with the same client token answers as before', async () => {
    const { create, scheduler } = await start();

    const first = await create({ ClientToken: 'token' });

    const second = await create({ ClientToken: 'token' });

    expect(second.ScheduleArn).toBe(first.ScheduleArn);
    expect(scheduler.schedules()).toHaveLength(1);
  });

  test('something else with the same client token is a conflict', async () => {
    const { create } = await start();
    await create({ ClientToken: 'token' });

    const other = create({ ClientToken: 'token', Name: 'other' });

    await expect(other).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test.each<[string, Partial<CreateScheduleCommandInput>]>([
    ['a name with other characters', { Name: 'a b' }],
    ['a name of 65 characters', { Name: 'x'.repeat(65) }],
    ['an expression of no kind', { ScheduleExpression: 'soon' }],
    ['a date that is not on the calendar', { ScheduleExpression: 'at(2026-02-30T00:00:00)' }],
    ['a time with a zone', { ScheduleExpression: 'at(2026-02-01T00:00:00Z)' }],
    ['a time without seconds', { ScheduleExpression: 'at(2026-02-01T00:00)' }],
    ['a rate of none', { ScheduleExpression: 'rate(0 days)' }],
    ['a cron of five fields', { ScheduleExpression: 'cron(0 0 * * ?)' }],
    ['a cron with both kinds of day', { ScheduleExpression: 'cron(0 0 1 * 1 *)' }],
    ['a cron beyond the clock', { ScheduleExpression: 'cron(0 25 * * ? *)' }],
    ['a time zone that does not exist', { ScheduleExpressionTimezone: 'Mars/Olympus' }],
    ['a flexible time', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } }],
    ['a target that is no ARN', { Target: target({ Arn: 'reconcile-secret' }) }],
    ['a role that is no role', { Target: target({ RoleArn: functionArn }) }],
    ['an input that is no JSON', { Target: target({ Input: 'secret-part{' }) }],
    ['186 attempts', { Target: target({ RetryPolicy: { MaximumRetryAttempts: 186 } }) }],
    ['an age of 59 s', { Target: target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }) }],
  ])('refuses %s', async (_, more) => {
    const { create, scheduler } = await start();

    const refusal = await create(more).catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(String(refusal)).not.toContain('secret-part');
    expect(scheduler.schedules()).toEqual([]);
  });

  test('refuses a schedule without a time window', async () => {
    const { post } = await start();
    const { FlexibleTimeWindow: _, ...incomplete } = request();

    const response = await post('/schedules/reconcile', JSON.stringify(incomplete));

    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
  });

  test('refuses a body that is no JSON, and a group that does not exist', async () => {
    const { create, post } = await start();

    const response = await post('/schedules/reconcile', '{');

    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
    await expect(create({ GroupName: 'nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
