import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { examineLabels } from '../../src/cli/doctor/checks/labels.ts';
import { examineRotation } from '../../src/cli/doctor/checks/rotation.ts';
import { isLate } from '../../src/cli/is-late.ts';

const now = new Date('2026-06-15T12:00:00Z');
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const hours = (count: number) => before(count * 60);

const healthy: DescribeSecretResponse = {
  Name: 'shop/production',
  RotationEnabled: true,
  RotationRules: {
    ScheduleExpression: 'rate(30 days)',
    AutomaticallyAfterDays: 30,
    Duration: '4h',
  },
  LastRotatedDate: hours(24),
  NextRotationDate: hours(-29 * 24),
};

describe('a rotation is overdue as status has it', () => {
  test.each<[string, Partial<DescribeSecretResponse>, string]>([
    ['its date is to come', {}, 'ok'],
    ['its window is open', { NextRotationDate: hours(3) }, 'ok'],
    ['its window is over', { NextRotationDate: hours(5) }, 'fail'],
    ['a window that nobody set is a day', { RotationRules: daily(), ...due(23) }, 'ok'],
    ['the day is over', { RotationRules: daily(), ...due(25) }, 'fail'],
    [
      'the last one is too long ago, and no date is set',
      { LastRotatedDate: hours(32 * 24), NextRotationDate: undefined },
      'fail',
    ],
  ])('%s', (_what, changes, status) => {
    const description = { ...healthy, ...changes };

    const found = examineRotation(description, now);

    expect(found.status).toBe(status);
    expect(isLate(asDescribed(description), now)).toBe(status === 'fail');
  });

  test('and says when it was due, and the last one', () => {
    const found = examineRotation({ ...healthy, NextRotationDate: hours(5) }, now);

    expect(found.code).toBe('ROTATION_OVERDUE');
    expect(found.message).toContain('was due by 2026-06-15 07:00 UTC');
    expect(found.message).toContain('the last one was on 2026-06-14');
  });
});

describe('AWSPENDING that is not current is a failure', () => {
  const [lookAgain, repair] = ['look again in some minutes', 'keyturn repair shop/production'];

  test('that a rotation which runs looks like, for half an hour', () => {
    const found = pendingSince(before(20));

    expect(found).toMatchObject({ status: 'fail', code: 'PENDING_STUCK' });
    expect(found?.message).toContain('since 2026-06-15 11:40 UTC (20 minutes ago)');
    expect(found?.message).toContain('a rotation that runs looks the same');
    expect(found?.message).toContain('one that did not end by 2026-06-15 12:10 UTC is stuck');
    expect(found?.fix).toContain(lookAgain);
  });

  test('that is stuck after that', () => {
    const found = pendingSince(before(31));

    expect(found).toMatchObject({ status: 'fail', code: 'PENDING_STUCK', fix: repair });
    expect(found?.message).toContain('since 2026-06-15 11:29 UTC (31 minutes ago)');
    expect(found?.message).not.toContain('looks the same');
  });

  test('of which nobody knows the age where that is not to be seen', () => {
    const found = pendingSince(undefined);

    expect(found?.message).toContain('a rotation is under way, or stopped half-way');
    expect(found?.fix).toContain(lookAgain);
  });
});

const daily = () => ({ ScheduleExpression: 'rate(30 days)' });

const due = (hoursAgo: number) => ({ NextRotationDate: hours(hoursAgo) });

function asDescribed({ LastRotatedDate, NextRotationDate, RotationRules }: DescribeSecretResponse) {
  const dates = { lastRotatedAt: LastRotatedDate, nextRotationAt: NextRotationDate };
  return { rotationEnabled: true, rules: RotationRules, ...dates };
}

function pendingSince(createdAt: Date | undefined) {
  const current = { versionId: 'one', labels: ['AWSCURRENT'], createdAt: hours(24) };
  const pending = { versionId: 'two', labels: ['AWSPENDING'], createdAt };
  return examineLabels([current, pending], { secretId: 'shop/production', now })[0];
}
