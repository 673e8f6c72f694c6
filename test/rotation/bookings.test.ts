import { expect, test } from 'vitest';
import { isDaily } from '../../src/rotation/bookings.ts';

test.each([
  { what: 'the secret alone', event: {}, daily: true },
  { what: 'a current version', event: { current: 'one' }, daily: false },
  { what: 'a superseded version', event: { superseded: 'one' }, daily: false },
  { what: 'keys', event: { keys: ['A'] }, daily: false },
])('an event that names $what is the daily one: $daily', ({ event, daily }) => {
  expect(isDaily({ secret: 'arn', ...event })).toBe(daily);
});
