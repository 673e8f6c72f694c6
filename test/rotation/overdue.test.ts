import { describe, expect, test } from 'vitest';
import { isOverdue } from '../../src/rotation/overdue.ts';
import type { SecretDescription } from '../../src/rotation/secret-store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => new Date(start + ms);

const schedule = { nextAt: undefined, everyDays: undefined, windowMs: 3 * hour };
const described = (changes: Partial<SecretDescription>): SecretDescription => ({
  arn: '',
  name: '',
  rotationEnabled: true,
  lastRotatedAt: undefined,
  labelsOf: new Map(),
  schedule,
  ...changes,
});

describe('by the date that the service names', () => {
  test.each([
    { when: 'before it', now: -1, overdue: false },
    { when: 'a window after it', now: 3 * hour, overdue: false },
    { when: 'later than that', now: 3 * hour + 1, overdue: true },
  ])('$when: $overdue', ({ now, overdue }) => {
    const description = described({ schedule: { ...schedule, nextAt: at(0) } });

    expect(isOverdue(description, at(now))).toBe(overdue);
  });
});

describe('by the days that the rules allow, though the service names a date to come', () => {
  const latest = 31 * day + 3 * hour;

  test.each([
    { when: 'until the last of them is over, and a window', now: latest, overdue: false },
    { when: 'later than that', now: latest + 1, overdue: true },
  ])('$when: $overdue', ({ now, overdue }) => {
    const description = described({
      lastRotatedAt: at(0),
      schedule: { ...schedule, everyDays: 30, nextAt: at(60 * day) },
    });

    expect(isOverdue(description, at(now))).toBe(overdue);
  });
});

test.each<{ what: string; changes: Partial<SecretDescription> }>([
  { what: 'no schedule', changes: { schedule: undefined, lastRotatedAt: at(0) } },
  { what: 'no date and no days', changes: { lastRotatedAt: at(0) } },
  { what: 'no rotation yet', changes: { schedule: { ...schedule, everyDays: 30 } } },
  {
    what: 'rotation switched off',
    changes: {
      rotationEnabled: false,
      lastRotatedAt: at(0),
      schedule: { ...schedule, everyDays: 30, nextAt: at(0) },
    },
  },
])('never with $what', ({ changes }) => {
  expect(isOverdue(described(changes), at(365 * day))).toBe(false);
});
