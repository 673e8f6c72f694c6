import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { passwordLength, randomPassword } from '../../src/rotators/random-password.ts';

test('has letters of both cases, a digit, and - or _, and needs no quoting anywhere (F-4)', () =>
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 128 }), (length) => {
      const password = randomPassword(length);

      expect(password).toMatch(/^[A-Za-z][A-Za-z0-9_-]*$/);
      expect(password).toHaveLength(length);
      for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[-_]/]) expect(password).toMatch(kind);
      expect(encodeURIComponent(password)).toBe(password);
    }),
  ));

test.each([
  { length: 32, bits: 190 },
  { length: passwordLength, bits: 239 },
])('holds $bits bits of randomness or more at a length of $length', ({ length, bits }) => {
  expect(log2(passwordsOf(length))).toBeGreaterThan(bits);
});

/** How many there are: those of each set of kinds left out, counted in and out by turns. */
function passwordsOf(length: number): bigint {
  const kinds = [26n, 26n, 10n, 2n];
  const subsets = Array.from({ length: 16 }, (_, set) => kinds.map((_kind, at) => (set >> at) & 1));
  return subsets.reduce((sum, out) => {
    const left = kinds.map((size, at) => (out[at] ? 0n : size));
    const [upper = 0n, lower = 0n, digits = 0n, signs = 0n] = left;
    const all = upper + lower + digits + signs;
    const sign = out.filter(Boolean).length % 2 === 0 ? 1n : -1n;
    return sum + sign * (upper + lower) * all ** BigInt(length - 1);
  }, 0n);
}

/** Exact enough for a bound: all but the first 52 bits of a number only count its length. */
function log2(number: bigint): number {
  const digits = number.toString(2);
  return digits.length - 52 + Math.log2(Number(BigInt(`0b${digits.slice(0, 52)}`)));
}
