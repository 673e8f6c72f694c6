import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import type { InspectedKey } from '../../src/rotation/inspection.ts';
import {
  abandoned,
  byHand,
  current,
  day,
  keyOf,
  look,
  pending,
  previous,
  single,
  waysOut,
} from './support/sight.ts';

/** What nobody can ask about, in every version. */
const unknown = keyOf('B', {
  current: 'unknown',
  previous: 'unknown',
  pending: 'unknown',
  abandoned: 'unknown',
});

/** The same, where other versions hold it too. */
const unchanged: InspectedKey = {
  ...unknown,
  credentials: unknown.credentials.map((credential) =>
    credential.versionId === 'current' ? credential : { ...credential, asCurrent: true },
  ),
};

describe('AWSCURRENT does not go to what nobody can ask about and is another than published', () => {
  test.each([
    [
      'AWSPREVIOUS, from what somebody stored',
      [byHand, { ...previous, foreignChange: 'REGION' }],
      'put-back A previous',
    ],
    ['KEYTURN_MADE, from what somebody stored', [byHand, abandoned], 'put-back A abandoned'],
    ['AWSPREVIOUS, from what a rotation made', [current, previous], 'roll-back A previous'],
    ['AWSPENDING', [current, pending], 'finish A pending'],
  ] as const)('%s', (_where, versions, expected) => {
    const dead = keyOf('A', {
      current: 'rejected',
      previous: 'accepted',
      pending: 'accepted',
      abandoned: 'accepted',
    });
    expect(waysOut(versions, dead, unknown)).not.toBe(expected);
    expect(waysOut(versions, dead, unchanged)).toBe(expected);
  });

  test('nor from a value in which a key stands twice: it may say another', () => {
    const problem = { code: 'SECRET_DUPLICATE_KEY' as const, message: 'A key stands twice.' };
    const wayOut = diagnose(look([{ ...nothing, problem }, previous], [accepted, unsaid]));

    expect(wayOut.way).toBe('supply');
    expect(wayOut.finding).toContain('whether it works for B cannot be told');
  });

  test('nor where one key of two is missing, and the other may be another', () => {
    const two = { ...unsaid, ...without('B'), changes: ['B', 'B_USER'] };
    expect(waysOut([lacking('B'), previous], accepted, two)).not.toContain('put-back');
  });
});

const accepted = keyOf('A', { current: 'accepted', previous: 'accepted' });
const unsaid = keyOf('B', { previous: 'unknown' });
const nothing = { versionId: 'current', labels: ['AWSCURRENT'] };

const missing = (key: string) => ({
  code: 'KEY_MISSING' as const,
  key,
  message: `It lacks ${key}.`,
});
const lacking = (key: string) => ({ ...byHand, problem: missing(key) });
const without = (key: string) => ({
  credentials: [
    { versionId: 'current', verdict: 'failed' as const, problem: missing(key) },
    { versionId: 'previous', verdict: 'unknown' as const },
  ],
});

describe('what somebody stored that says nothing of it speaks for no other', () => {
  test('no value of keys', () => {
    const problem = { code: 'SECRET_NOT_JSON_OBJECT' as const, message: 'It is no JSON.' };
    expect(waysOut([{ ...nothing, problem }, previous], accepted, unsaid)).toMatch(/^put-back/);
  });

  test('a value without the key', () => {
    const key = { ...unsaid, ...without('B') };
    expect(waysOut([lacking('B'), previous], accepted, key)).toBe('put-back B previous');
  });

  test('but a value without another key may say another', () => {
    const lost = keyOf('A', { previous: 'accepted' });
    expect(waysOut([lacking('A'), previous], lost, unknown)).not.toMatch(/^put-back/);
  });
});

describe('where its system is switched, that puts in force what AWSCURRENT goes to', () => {
  test.each([
    ['roll-back A previous', [current, previous]],
    ['finish A pending', [current, pending]],
  ] as const)('%s', (expected, versions) => {
    const dead = keyOf('A', { current: 'rejected', previous: 'accepted', pending: 'accepted' });
    expect(waysOut(versions, dead, { ...unknown, ...single })).toBe(expected);
  });
});

describe('what nobody can ask about, and was superseded', () => {
  const due = { ...unknown, supersededUntil: day(3) };
  const alive = { current: 'accepted', previous: 'accepted' } as const;

  test('is not owed its end while the grace of another key runs', () => {
    const running = keyOf('A', alive, { supersededUntil: day(5) });
    expect(waysOut([current, previous], running, due)).toBe('none');
  });

  test('is owed it once every grace is over', () => {
    const over = keyOf('A', alive, { supersededUntil: day(3) });
    expect(waysOut([current, previous], over, due)).toBe('pay A B previous');
  });
});
