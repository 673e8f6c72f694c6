import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomText } from '../../src/rotators/random-text.ts';

test('has the length asked for, starts with a letter, and needs no quoting anywhere (F-4)', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), (length) => {
      const text = randomText(length);

      expect(text).toMatch(/^[A-Za-z][A-Za-z0-9_-]*$/);
      expect(text).toHaveLength(length);
      expect(encodeURIComponent(text)).toBe(text);
      expect(JSON.stringify(text)).toBe(`"${text}"`);
    }),
  ));

test('does not come twice', () => {
  const texts = Array.from({ length: 1_000 }, () => randomText(32));

  expect(new Set(texts).size).toBe(texts.length);
});

test('uses all 64 characters about as often', () => {
  const text = Array.from({ length: 640 }, () => randomText(101).slice(1)).join('');
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);

  // 64,000 draws: 1,000 each, with a standard deviation of 31.
  expect(counts.size).toBe(64);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(220);
});
