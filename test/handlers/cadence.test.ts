import { Cron } from 'croner';
import {
  assert,
  constant,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  uniqueArray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { shortestCadence } from '../../src/handlers/cadence.ts';

const hour = 3_600_000;
const day = 24 * hour;

test.each([
  ['cron(0 3 * * ? *)', day],
  ['cron(0 3 ? * MON *)', 7 * day],
  ['cron(0 3 ? * 2 *)', 7 * day],
  ['cron(0 3 ? * MON-FRI *)', day],
  ['cron(0 3 ? * 2#1 *)', 25 * day],
  ['cron(0 3 ? * 6L *)', 25 * day],
  ['cron(0 3 1 * ? *)', 25 * day],
  ['cron(0 3 L * ? *)', 25 * day],
  ['cron(0 3 15W * ? *)', 25 * day],
  ['cron(0 3 1,15 * ? *)', day],
  ['cron(0 */6 * * ? *)', 4 * hour],
  ['cron(0 1,13 * * ? *)', 4 * hour],
  ['rate(4 hours)', 4 * hour],
  ['rate(1 day)', day],
  ['rate(10 days)', 10 * day],
  ['every now and then', 4 * hour],
])('%s rotates every %i ms at most', (expression, expected) => {
  expect(shortestCadence(expression, 0)).toBe(expected);
});

test('a late rotation in one window may be followed by an early one in the next', () => {
  expect(shortestCadence('cron(0 3 * * ? *)', 3 * hour)).toBe(21 * hour);
  expect(shortestCadence('cron(0 */4 * * ? *)', 24 * hour)).toBe(0);
});

/** One field of a cron expression, as Secrets Manager and croner both read it. */
const field = (least: number, most: number) =>
  oneof(
    constant('*'),
    integer({ min: least, max: most }).map(String),
    uniqueArray(integer({ min: least, max: most }), { minLength: 2, maxLength: 4 }).map(String),
  );

test('no two runs of any schedule come sooner', () => {
  const schedules = record({
    hours: field(0, 23),
    // A day of the month, or one of the week: the other is a question mark.
    days: oneof(
      record({ month: field(1, 28), week: constant('?') }),
      record({
        month: constant('?'),
        week: constantFrom('MON', 'SUN', 'MON-FRI', 'TUE#1'),
      }),
    ),
  });
  assert(
    property(schedules, ({ hours, days }) => {
      const cadence = shortestCadence(`cron(0 ${hours} ${days.month} * ${days.week} *)`, 0);
      const cron = new Cron(`0 ${hours} ${days.month} * ${days.week}`, { timezone: 'UTC' });
      const runs = cron.nextRuns(40, new Date('2026-01-01T00:00:00Z')).map((run) => run.getTime());
      const gaps = runs.slice(1).map((run, index) => run - (runs[index] ?? 0));

      // Below four hours the service would refuse the schedule.
      expect(Math.max(4 * hour, Math.min(...gaps))).toBeGreaterThanOrEqual(cadence);
    }),
    { numRuns: 200 },
  );
});
