import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRules, nextWindow } from '../../../src/local/secrets-manager/schedule.ts';
import {
  functionArn,
  labels,
  name,
  register,
  rotate,
  settle,
  start,
  type Started,
} from './support.ts';

const hour = 3_600_000;
const from = new Date('2026-01-15T10:30:00Z');

describe('schedule expressions', () => {
  test.each([
    ['rate(4 hours)', '2026-01-15T14:00:00Z', '2026-01-15T15:00:00Z'],
    ['rate(1 day)', '2026-01-16T00:00:00Z', '2026-01-16T23:59:59Z'],
    ['rate(30 days)', '2026-02-14T00:00:00Z', '2026-02-14T23:59:59Z'],
    ['cron(0 8 * * ? *)', '2026-01-16T08:00:00Z', '2026-01-16T23:59:59Z'],
    ['cron(0 0/8 * * ? *)', '2026-01-15T16:00:00Z', '2026-01-15T17:00:00Z'],
    ['cron(0 */4 * * ? *)', '2026-01-15T12:00:00Z', '2026-01-15T13:00:00Z'],
    ['cron(0 12 1 * ? *)', '2026-02-01T12:00:00Z', '2026-02-01T23:59:59Z'],
    ['cron(0 6 ? * 1 *)', '2026-01-18T06:00:00Z', '2026-01-18T23:59:59Z'],
    ['cron(0 6 ? * SUN#1 *)', '2026-02-01T06:00:00Z', '2026-02-01T23:59:59Z'],
    ['cron(0 6 ? * MON-FRI *)', '2026-01-16T06:00:00Z', '2026-01-16T23:59:59Z'],
    ['cron(0 6 L * ? *)', '2026-01-31T06:00:00Z', '2026-01-31T23:59:59Z'],
  ])('%s', (ScheduleExpression, start_, end) => {
    expect(() => checkRules({ ScheduleExpression })).not.toThrow();
    expect(nextWindow({ ScheduleExpression }, from)).toEqual({
      start: new Date(start_),
      end: new Date(end),
    });
  });

  test.each([
    'rate(3 hours)',
    'rate(1000 days)',
    'rate(0 days)',
    'rate(5 minutes)',
    'cron(5 8 * * ? *)',
    'cron(0 8 * * ? 2027)',
    'cron(0 8 * * *)',
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(0 * * * ? *)',
    'cron(0 0,22 * * ? *)',
    'cron(0 25 * * ? *)',
    'cron(0 8 31 2 ? *)',
    'at(2026-01-01T00:00:00)',
  ])('refuses %s', (ScheduleExpression) => {
    expect(() => checkRules({ ScheduleExpression })).toThrow(
      expect.objectContaining({ type: 'InvalidParameterException' }),
    );
  });

  test('counts days from midnight', () => {
    expect(nextWindow({ AutomaticallyAfterDays: 7, Duration: '3h' }, from)).toEqual({
      start: new Date('2026-01-22T00:00:00Z'),
      end: new Date('2026-01-22T03:00:00Z'),
    });
  });

  test.each([
    { AutomaticallyAfterDays: 7, ScheduleExpression: 'rate(7 days)' },
    { Duration: '0h' },
    { Duration: '25h' },
  ])('refuses %o', (rules) => {
    expect(() => checkRules(rules)).toThrow(
      expect.objectContaining({ type: 'InvalidParameterException' }),
    );
  });

  test('never schedules two windows within four hours', () => {
    const rate = fc.integer({ min: 4, max: 200 }).map((hours) => `rate(${hours} hours)`);
    fc.assert(
      fc.property(
        rate,
        fc.date({ min: from, max: new Date('2030-01-01'), noInvalidDate: true }),
        (expression, after) => {
          const rules = { ScheduleExpression: expression };
          const first = nextWindow(rules, after)?.start ?? from;
          const second = nextWindow(rules, first)?.start ?? from;
          expect(first.getTime()).toBeGreaterThan(after.getTime());
          expect(second.getTime() - first.getTime()).toBeGreaterThanOrEqual(4 * hour);
        },
      ),
    );
  });
});

describe('scheduled rotations', () => {
  test('run window after window', async () => {
    const started = await start();
    const received = register(started);
    await schedule(started, 'rate(4 hours)');
    await settle(started);
    received.length = 0;

    for (let window = 1; window <= 3; window++) {
      await started.clock.advance(4 * hour);
      await settle(started);
      expect(received).toHaveLength(4 * window);
    }
    expect(new Set(received.map(({ ClientRequestToken }) => ClientRequestToken)).size).toBe(3);
  });

  test('take a failed rotation up again with its token', async () => {
    const started = await start({ retryAttempts: 0 });
    register(started, () => {
      throw new Error('not today');
    });
    const { VersionId } = await schedule(started, 'rate(4 hours)', true);
    await settle(started);
    const received = register(started);

    await started.clock.advance(4 * hour);
    await settle(started);

    expect(received.map(({ ClientRequestToken }) => ClientRequestToken)).toEqual(
      Array.from({ length: 4 }, () => VersionId),
    );
    expect(await labels(started)).toMatchObject({
      [String(VersionId)]: ['AWSCURRENT', 'AWSPENDING'],
    });
  });

  test('stay overdue until one succeeds', async () => {
    const started = await start({ retryAttempts: 0 });
    let broken = false;
    register(started, () => {
      if (broken) throw new Error('not today');
    });
    const due = async () =>
      (await started.client.send(new DescribeSecretCommand({ SecretId: name }))).NextRotationDate;
    await schedule(started, 'rate(4 hours)');
    await settle(started);
    expect(await due()).toEqual(new Date('2026-01-01T05:00:00Z'));

    broken = true;
    await started.clock.advance(6 * hour);
    await settle(started);
    expect(await due()).toEqual(new Date('2026-01-01T05:00:00Z'));

    broken = false;
    await started.clock.advance(2 * hour);
    await settle(started);
    expect(await due()).toEqual(new Date('2026-01-01T13:00:00Z'));
  });
});

function schedule(started: Started, ScheduleExpression: string, RotateImmediately = false) {
  return rotate(started, {
    RotationLambdaARN: functionArn,
    RotateImmediately,
    RotationRules: { ScheduleExpression },
  });
}
