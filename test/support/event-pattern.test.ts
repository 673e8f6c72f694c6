import { expect, test } from 'vitest';
import { matches } from './event-pattern.ts';

const event = { source: 'a', resources: ['r', 's'], detail: { name: 'n', inner: { id: 1 } } };

test.each([
  [{ source: ['a'] }, true],
  [{ source: ['b', 'a'] }, true],
  [{ source: ['b'] }, false],
  [{ resources: ['s'] }, true],
  [{ detail: { name: ['n'] } }, true],
  [{ detail: { other: ['n'] } }, false],
  [{ other: { name: ['n'] } }, false],
  [{ detail: { inner: { id: ['1'] } } }, false],
  [{ detail: { name: ['n'], $or: [{ other: ['n'] }, { inner: { id: ['1'] } }] } }, false],
  [{ detail: { $or: [{ other: ['n'] }, { name: ['n'] }] } }, true],
])('%j: %s', (pattern, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('refuses what it does not understand', () => {
  expect(() => matches({ source: [{ prefix: 'a' }] }, event)).toThrow('Expected string');
});
