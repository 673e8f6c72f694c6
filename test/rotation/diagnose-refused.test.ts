import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import {
  day,
  current,
  byHand,
  previous,
  pending,
  empty,
  markedBy,
  abandoned,
  keyOf,
  single,
  byAdmin,
  look,
  waysOut,
  works,
} from './support/sight.ts';

describe('what AWSCURRENT says is refused', () => {
  const dead = { current: 'rejected', previous: 'rejected', pending: 'rejected' } as const;

  test.each([
    [
      'the system is switched back',
      [current, previous],
      { previous: 'accepted' },
      single,
      'heal A',
    ],
    [
      'a rotation that stuck is taken back, which heals',
      [current, pending],
      { pending: 'accepted' },
      single,
      'take-back SIGNING_KEY A pending',
    ],
    ['an administrator sets it', [current, previous], {}, byAdmin, 'reset A'],
    ['an administrator sets it first', [current, pending], {}, byAdmin, 'reset A'],
    [
      'the rotation that stuck is finished',
      [current, previous, pending],
      { pending: 'accepted' },
      {},
      'finish A pending',
    ],
    [
      'the last rotation is taken back',
      [current, previous],
      { previous: 'accepted' },
      {},
      'roll-back A previous',
    ],
    [
      'beside a rotation that stored nothing',
      [current, previous, empty],
      { previous: 'accepted' },
      {},
      'roll-back A previous',
    ],
    ['a person has to supply it', [current, previous], {}, single, 'supply A'],
    [
      'what was ended is not gone back to',
      [current, { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_RETIRING'] }],
      { previous: 'accepted' },
      {},
      'supply A',
    ],
    [
      'what is compromised is not gone back to',
      [current, { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_COMPROMISED_A'] }],
      { previous: 'accepted' },
      {},
      'supply A',
    ],
    [
      'from what is compromised nothing is gone back',
      [markedBy(current), previous],
      { previous: 'accepted' },
      {},
      'supply A',
    ],
    [
      'what is compromised is not put back',
      [byHand, markedBy({ ...previous, foreignChange: 'REGION' })],
      { previous: 'accepted' },
      {},
      'supply A',
    ],
    [
      'what is compromised is not finished',
      [current, previous, markedBy(pending)],
      { pending: 'accepted' },
      {},
      'take-back SIGNING_KEY pending',
    ],
    [
      'what a rotation made that somebody abandoned is gone to where all works there',
      [byHand, previous, abandoned],
      { abandoned: 'accepted' },
      {},
      'put-back A abandoned',
    ],
    [
      'what a rotation made is not gone to where somebody stored another key since',
      [byHand, previous, { ...abandoned, foreignChange: 'REGION' }],
      { abandoned: 'accepted' },
      {},
      'supply A',
    ],
    [
      'what somebody stored since is not taken back with it',
      [current, { ...previous, foreignChange: 'REGION' }],
      { previous: 'accepted' },
      {},
      'supply A',
    ],
    [
      'what somebody stored and does not work is put back',
      [byHand, { ...previous, foreignChange: 'REGION' }],
      { previous: 'accepted' },
      {},
      'put-back A previous',
    ],
    [
      'a stuck rotation of nothing that works ends before a value is supplied',
      [current, previous, empty],
      {},
      {},
      'take-back SIGNING_KEY pending',
    ],
    [
      'AWSCURRENT goes forward again where a rollback met the end of a grace',
      [
        { ...current, labels: ['AWSCURRENT', 'KEYTURN_RETIRING'] },
        { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_UNDONE'], createdAt: day(3) },
      ],
      { previous: 'accepted' },
      {},
      'heal A previous',
    ],
  ] as const)('%s', (_what, versions, verdicts, more, expected) => {
    const key = keyOf('A', { ...dead, ...verdicts }, more);
    expect(waysOut(versions, works, key)).toBe(expected);
  });

  test('a rotation is let go on where what its provider made works, and the rest is not there yet', () => {
    const made = keyOf('A', { ...dead, pending: 'accepted' }, { madeByProvider: true });
    const other = keyOf('B', { current: 'accepted', pending: 'rejected' });
    const wayOut = diagnose(look([current, pending], [made, other]));

    expect(wayOut).toMatchObject({ way: 'mend-first', keys: ['A'] });
    expect(wayOut.finding).toContain('What AWSPENDING holds works: A.');
    expect(wayOut.action).toContain('keyturn rotate shop/production');
  });

  test('a rotation that cannot go on is taken back, since another key has nothing that works', () => {
    const made = keyOf('A', { ...dead, pending: 'accepted' }, { madeByProvider: true });
    expect(waysOut([current, pending], works, made, keyOf('B', dead))).toBe(
      'take-back SIGNING_KEY pending',
    );
  });

  test.each([
    ['is marked as compromised', markedBy(previous)],
    ['is being ended', { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_RETIRING'] }],
    ['REGION', { ...previous, foreignChange: 'REGION' }],
  ])('what works is named where AWSCURRENT may not go there: %s', (why, version) => {
    const key = keyOf('A', { ...dead, previous: 'accepted' });
    const wayOut = diagnose(look([current, version], [works, key]));

    expect(wayOut.way).toBe('supply');
    expect(wayOut.finding).toContain('What AWSPREVIOUS holds works: A.');
    expect(wayOut.finding).toContain(why);
    expect(`${wayOut.finding}${wayOut.action}`).not.toMatch(/[Nn]othing that|No other/);
  });

  test('what can be healed is, though another key is lost', () => {
    const lost = keyOf('LOST', dead);
    const healable = keyOf('A', { ...dead, previous: 'accepted' }, single);
    expect(waysOut([current, previous], lost, healable)).toBe('heal A');
  });

  test('an administrator who is of no use is named', () => {
    const obstacle = { code: 'ADMIN_REJECTED' as const, key: 'A', message: 'Nobody enters.' };
    const key = keyOf('A', dead, { ...byAdmin, obstacle });
    expect(diagnose(look([current], [key])).reasons).toEqual([obstacle]);
  });
});
