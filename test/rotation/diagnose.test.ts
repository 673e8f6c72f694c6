import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import {
  day,
  current,
  previous,
  pending,
  abandoned,
  keyOf,
  single,
  look,
  waysOut,
  works,
} from './support/sight.ts';

describe('nothing is to be done', () => {
  test.each([
    ['where everything works', [current, previous], works],
    ['where nobody can tell', [current], keyOf('A', { current: 'unknown' })],
    [
      'where AWSPENDING stayed on the version that is current',
      [{ ...current, labels: ['AWSCURRENT', 'AWSPENDING'] }, previous],
      works,
    ],
    [
      'where only what is superseded cannot be asked',
      [current, previous],
      keyOf('A', { current: 'accepted', previous: 'failed' }),
    ],
    [
      'while a grace runs',
      [current, previous],
      keyOf('A', { current: 'accepted', previous: 'accepted' }, { supersededUntil: day(5) }),
    ],
    [
      'where what was superseded is dead before its receipt',
      [current, previous],
      keyOf('A', { current: 'accepted', previous: 'rejected' }, { supersededUntil: day(3) }),
    ],
  ])('%s', (_where, versions, key) => {
    expect(waysOut(versions, key)).toBe('none');
  });

  test('and until when the superseded ones live is told', () => {
    const key = keyOf('A', { current: 'accepted' }, { supersededUntil: day(5) });
    expect(diagnose(look([current, previous], [key])).finding).toContain(day(5));
  });

  test('and that a rollback may be under way', () => {
    const leased = { ...current, labels: ['AWSCURRENT', 'KEYTURN_UNDOING_20260604T120500Z_ab12'] };
    expect(diagnose(look([leased], [works])).finding).toContain('2026-06-04T12:05:00.000Z');
  });
});

describe('a system that cannot be asked is not guessed about', () => {
  test.each([
    ['of what AWSCURRENT says', [current, previous], { current: 'failed', previous: 'accepted' }],
    ['of what stuck', [current, pending], { current: 'accepted', pending: 'failed' }],
    [
      'of the only one that may work',
      [current, previous],
      { current: 'rejected', previous: 'failed' },
    ],
  ] as const)('%s', (_of, versions, verdicts) => {
    const wayOut = diagnose(look(versions, [works, keyOf('A', verdicts)]));

    expect(wayOut).toMatchObject({ way: 'mend-first', keys: ['A'] });
    expect(wayOut.reasons).toEqual([{ code: 'UNREACHABLE', key: 'A', message: 'No answer came.' }]);
  });

  test('a version that cannot be read is none that is wrong', () => {
    const problem = { code: 'ACCESS_DENIED' as const, message: 'It may not be read.' };
    expect(waysOut([{ ...current, problem }, previous], works)).toBe('mend-first');
  });
});

describe('a debt', () => {
  test.each([
    ['of a rotation that was abandoned', [current, abandoned], works, 'pay SIGNING_KEY abandoned'],
    [
      'of a grace that is over',
      [current, previous],
      keyOf('A', { current: 'accepted', previous: 'accepted' }, { supersededUntil: day(3) }),
      'pay A previous',
    ],
  ])('%s is paid', (_of, versions, key, expected) => {
    expect(waysOut(versions, key)).toBe(expected);
  });

  test('waits for the end of what is being taken back', () => {
    const key = keyOf(
      'A',
      { current: 'accepted', previous: 'accepted', abandoned: 'accepted' },
      { supersededUntil: day(3) },
    );
    const leased = {
      ...abandoned,
      labels: ['KEYTURN_MADE', 'KEYTURN_UNDOING_20260604T120500Z_ab12'],
    };
    expect(waysOut([current, previous, leased], key)).toBe('none');
  });

  test('waits for a rotation that stuck, and for what is dead', () => {
    const owed = { supersededUntil: day(3) };
    const verdicts = { current: 'accepted', previous: 'accepted', pending: 'accepted' } as const;
    expect(waysOut([current, previous, pending], keyOf('A', verdicts, owed))).toMatch(/^take-back/);
    const dead = keyOf('A', { ...verdicts, current: 'rejected' }, { ...owed, ...single });
    expect(waysOut([current, previous], dead)).toMatch(/^heal/);
  });
});
