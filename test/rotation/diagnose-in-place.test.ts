import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import {
  byAdmin,
  byHand,
  current,
  keyOf,
  look,
  pending,
  previous,
  single,
  waysOut,
} from './support/sight.ts';

const away = keyOf('AWAY', { current: 'failed', previous: 'failed', pending: 'failed' });
const noAnswer = [{ code: 'UNREACHABLE', key: 'AWAY', message: 'No answer came.' }];

describe('beside a system that cannot be asked', () => {
  test.each([
    [
      'a system is switched back to what AWSCURRENT says',
      'heal A',
      [current, previous],
      { previous: 'accepted' },
      single,
    ],
    [
      'also from a rotation that stuck',
      'heal A',
      [current, pending],
      { pending: 'accepted' },
      single,
    ],
    [
      'an administrator sets what AWSCURRENT says',
      'reset A',
      [current, previous],
      { previous: 'rejected' },
      byAdmin,
    ],
  ] as const)('%s', (_what, expected, versions, others, more) => {
    const dead = keyOf('A', { current: 'rejected', ...others }, more);

    expect(waysOut(versions, dead, away)).toBe(expected);
    expect(diagnose(look(versions, [dead, away])).reasons).toEqual(noAnswer);
  });

  test.each([
    ['where AWSPREVIOUS works', { previous: 'accepted' }],
    ['where AWSPREVIOUS cannot be asked about', { previous: 'failed' }],
  ] as const)('nobody sets what somebody stored, %s', (_where, others) => {
    const dead = keyOf('A', { current: 'rejected', ...others }, { administered: true });
    expect(waysOut([byHand, previous], dead, away)).toBe('mend-first AWAY');
  });

  test('AWSCURRENT moves nowhere', () => {
    const dead = keyOf('A', { current: 'rejected', previous: 'accepted' });
    expect(waysOut([current, previous], dead, away)).toBe('mend-first AWAY');
    expect(waysOut([byHand, previous], dead, away)).toBe('mend-first AWAY');
  });

  test('an administrator who is of no use does not stand before what can be healed', () => {
    const obstacle = { code: 'ADMIN_REJECTED' as const, key: 'A', message: 'Nobody enters.' };
    const settable = keyOf('A', { current: 'rejected' }, { ...byAdmin, obstacle });
    const healable = keyOf('B', { current: 'rejected', previous: 'accepted' }, single);
    expect(waysOut([current, previous], settable, healable, away)).toBe('heal B');
  });
});
