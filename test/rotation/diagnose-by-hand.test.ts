import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import type { InspectedKey } from '../../src/rotation/inspection.ts';
import {
  abandoned,
  byAdmin,
  byHand,
  current,
  keyOf,
  look,
  markedBy,
  pending,
  previous,
  single,
  waysOut,
  works,
} from './support/sight.ts';

const message = 'The key A has characters that no login could be made of.';
const nonsense = { code: 'KEY_UNUSABLE', key: 'A', message } as const;

/** What somebody stored under A, such as a typing error: its system is not even asked. */
const unusable = (key: InspectedKey): InspectedKey => ({
  ...key,
  obstacle: nonsense,
  credentials: [
    { versionId: 'current', verdict: 'failed', problem: nonsense },
    ...key.credentials.filter(({ versionId }) => versionId !== 'current'),
  ],
});

describe('of what no login can be made, no system makes one that works', () => {
  test.each([
    ['by a switch', single, 'put-back A previous'],
    ['by an administrator', byAdmin, 'put-back A previous'],
    ['by an administrator, beside another', { administered: true }, 'roll-back A previous'],
  ])('%s: AWSCURRENT goes back', (_by, more, expected) => {
    const key = unusable(keyOf('A', { previous: 'accepted' }, more));
    expect(waysOut([byHand, previous], works, key)).toBe(expected);
  });

  test('and where it cannot, a person supplies what works, and is told why', () => {
    const key = unusable(keyOf('A', { previous: 'rejected' }, byAdmin));
    const wayOut = diagnose(look([byHand, previous], [works, key]));

    expect(wayOut).toMatchObject({ way: 'supply', keys: ['A'] });
    expect(wayOut.finding).toContain(message);
    expect(wayOut.finding).not.toContain('refused');
  });

  test('a rotation in the middle of its switch cannot go on from there, and is taken back', () => {
    const key = unusable(keyOf('A', { pending: 'accepted', previous: 'rejected' }, single));
    expect(waysOut([byHand, previous, pending], works, key)).toBe('take-back SIGNING_KEY pending');
  });
});

describe('a password that somebody stored, and an administrator could set', () => {
  const typed = keyOf(
    'A',
    { current: 'rejected', previous: 'accepted', pending: 'accepted' },
    { administered: true },
  );

  test('is not forced on the database where AWSPREVIOUS works', () => {
    expect(waysOut([byHand, previous], works, typed)).toBe('put-back A previous');
  });

  test('nor where the rotation that stuck can be finished', () => {
    expect(waysOut([byHand, pending], works, typed)).toBe('finish A pending');
  });

  test('nor stands in the way of going back, where nobody could set it', () => {
    const obstacle = { code: 'SETUP_UNSUITABLE' as const, key: 'A', message: 'No such user.' };
    expect(waysOut([byHand, previous], works, { ...typed, obstacle })).toBe('put-back A previous');
  });

  test('is set where AWSCURRENT cannot go back, and where another works is told', () => {
    const { way, finding } = diagnose(look([byHand, markedBy(previous)], [works, typed]));

    expect(way).toBe('reset');
    expect(finding).toContain('What works there is under AWSPREVIOUS.');
    expect(finding).not.toContain('No labelled version');
  });

  test('and what a rotation made is set, though AWSPREVIOUS works', () => {
    expect(waysOut([current, previous], works, typed)).toBe('reset A');
  });

  test.each([
    ['rejected', 'No labelled version works there'],
    ['failed', 'No labelled version is known to work there'],
    ['unknown', 'No labelled version is known to work there'],
  ] as const)('with what AWSPREVIOUS holds %s, says no more than is known', (verdict, said) => {
    const key = keyOf('A', { current: 'rejected', previous: verdict }, byAdmin);
    expect(diagnose(look([current, previous], [works, key])).finding).toContain(said);
  });
});

describe('where labels were moved by hand', () => {
  test('a version that was published is not called a rotation that did not end', () => {
    const left = { ...previous, labels: ['AWSPREVIOUS', 'AWSPENDING', 'KEYTURN_MADE'] };
    const { way, finding, action } = diagnose(look([byHand, left], [works]));

    expect(way).toBe('take-back');
    expect(finding).toContain('was published');
    expect(finding).not.toContain('was begun');
    expect(action).toContain('revoked when its grace is over');
  });
});

describe('in the switch gap, with something under AWSCURRENT that is no object of keys', () => {
  const problem = { code: 'SECRET_NOT_JSON_OBJECT' as const, message: 'It is no JSON.' };
  const bad = { versionId: 'current', labels: ['AWSCURRENT'], problem };

  test('why AWSCURRENT does not go to what the rotation made is told', () => {
    const key = keyOf('A', { previous: 'rejected', abandoned: 'accepted' }, single);
    const { way, finding } = diagnose(look([bad, previous, abandoned], [works, key]));

    expect(way).toBe('supply');
    expect(finding).toContain('What KEYTURN_MADE holds works: SIGNING_KEY, A.');
    expect(finding).toContain('what AWSCURRENT is on cannot be read');
    expect(finding).not.toContain('cannot be switched');
  });
});

describe('where rotation is off', () => {
  const lost = keyOf('A', { current: 'rejected', pending: 'accepted' });
  const open = keyOf('B', { current: 'accepted', pending: 'rejected' });
  const off = { ...look([current, pending], [lost, open]), rotationEnabled: false };

  test('a rotation that nobody goes on with is taken back', () => {
    const wayOut = diagnose(off);

    expect(wayOut).toMatchObject({ way: 'take-back', keys: ['B'], version: 'pending' });
    expect(wayOut.finding).toContain('What AWSPENDING holds works: A.');
    expect(wayOut.finding).toContain('Rotation is switched off');
    expect(wayOut.action).not.toContain('keyturn rotate');
  });

  test('and let go on where it is on', () => {
    expect(diagnose({ ...off, rotationEnabled: true })).toMatchObject({ way: 'mend-first' });
  });
});
