import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { duration } from '../../src/rotators/duration.ts';

describe('a duration', () => {
  test.each([
    ['0s', 0],
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('reads %s as %i ms', (text, ms) => {
    expect(v.parse(duration, text)).toBe(ms);
  });

  test.each(['', '5', '5 m', '-5m', '1.5h', '5M', '5m30s', 'm', '5w', ' 5m', '5m\n', 300, null])(
    'refuses %j and says what it wants',
    (input) => {
      const { success, issues } = v.safeParse(duration, input);

      expect(success).toBe(false);
      expect(issues?.[0]?.message).toMatch(/whole number and a unit|Expected string/);
    },
  );
});
