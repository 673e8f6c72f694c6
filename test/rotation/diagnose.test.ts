import { assert, constantFrom, property, record, subarray, type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import type {
  InspectedCredential,
  InspectedKey,
  InspectedVersion,
  Sight,
} from '../../src/rotation/inspection.ts';

type Verdict = InspectedCredential['verdict'];

const day = (date: number) => `2026-06-${String(date).padStart(2, '0')}T12:00:00.000Z`;

const current: InspectedVersion = {
  versionId: 'current',
  labels: ['AWSCURRENT', 'KEYTURN_MADE'],
  createdAt: day(2),
};
const byHand: InspectedVersion = { ...current, labels: ['AWSCURRENT'] };
const previous: InspectedVersion = {
  versionId: 'previous',
  labels: ['AWSPREVIOUS'],
  createdAt: day(1),
};
const pending: InspectedVersion = {
  versionId: 'pending',
  labels: ['AWSPENDING', 'KEYTURN_MADE'],
  createdAt: day(3),
};
const empty: InspectedVersion = { versionId: 'pending', labels: ['AWSPENDING'] };
const markedBy = (version: InspectedVersion): InspectedVersion => ({
  ...version,
  labels: [...version.labels, 'KEYTURN_COMPROMISED_A'],
});
const abandoned: InspectedVersion = {
  versionId: 'abandoned',
  labels: ['KEYTURN_MADE'],
  createdAt: day(3),
};

/** A key by what its system says of each version; `!` where it cannot be asked. */
const keyOf = (
  key: string,
  verdicts: Readonly<Record<string, Verdict>>,
  more: Partial<InspectedKey> = {},
): InspectedKey => ({
  key,
  rotator: 'of-the-test',
  changes: [key],
  optional: [],
  switches: false,
  administered: false,
  madeByProvider: false,
  credentials: Object.entries(verdicts).map(([versionId, verdict]) => ({
    versionId,
    verdict,
    ...(verdict === 'failed' && {
      problem: { code: 'UNREACHABLE' as const, key, message: 'No answer came.' },
    }),
  })),
  ...more,
});

const mayWork = (verdict: Verdict) => verdict === 'accepted' || verdict === 'unknown';

const single = { switches: true };
const byAdmin = { switches: true, administered: true };

const look = (
  versions: readonly InspectedVersion[],
  keys: readonly InspectedKey[],
  at = day(4),
): Sight => ({
  secret: 'arn',
  name: 'shop/production',
  at,
  rotationEnabled: true,
  versions,
  keys,
});

const waysOut = (versions: readonly InspectedVersion[], ...keys: readonly InspectedKey[]) => {
  const { way, keys: about, version } = diagnose(look(versions, keys));
  return [way, about.join(' '), version].filter(Boolean).join(' ');
};

const works = keyOf('SIGNING_KEY', {
  current: 'accepted',
  previous: 'accepted',
  pending: 'accepted',
  abandoned: 'accepted',
});

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

describe('what AWSCURRENT holds is no value of keys', () => {
  const problem = { code: 'SECRET_NOT_JSON_OBJECT' as const, message: 'It is no JSON.' };
  const bad: InspectedVersion = { versionId: 'current', labels: ['AWSCURRENT'], problem };
  const others = keyOf('SIGNING_KEY', { previous: 'accepted', pending: 'accepted' });

  test.each([
    ['AWSCURRENT goes back where all works', [bad, previous], works, 'put-back previous'],
    [
      'not where one does not',
      [bad, previous],
      keyOf('A', { current: 'failed', previous: 'rejected' }),
      'supply',
    ],
    [
      'a rotation that stuck is taken back first',
      [bad, previous, pending],
      others,
      'take-back pending',
    ],
    ['or that stored nothing, where nothing works', [bad, empty], others, 'take-back pending'],
    ['not to what is compromised', [bad, markedBy(previous)], works, 'supply'],
    ['though a rotation failed at it', [bad, previous, empty], works, 'put-back previous'],
    ['not where there is nothing before', [bad], works, 'supply'],
    ['not with no version at all', [previous], works, 'supply'],
  ] as const)('%s', (_what, versions, key, expected) => {
    expect(waysOut(versions, key)).toBe(expected);
  });
});

test('what works in a version that is compromised is named beside an AWSCURRENT of no keys', () => {
  const problem = { code: 'SECRET_NOT_JSON_OBJECT' as const, message: 'It is no JSON.' };
  const bad: InspectedVersion = { versionId: 'current', labels: ['AWSCURRENT'], problem };
  const { finding } = diagnose(
    look([bad, markedBy(previous)], [keyOf('A', { previous: 'accepted' })]),
  );
  expect(finding).toContain(
    'What AWSPREVIOUS holds works: A. AWSCURRENT does not go there: it is marked',
  );
});

describe('AWSCURRENT lacks a key', () => {
  const problem = { code: 'KEY_MISSING' as const, key: 'A', message: 'A is missing.' };
  const lacking = { ...byHand, problem };
  const missing = keyOf('A', { pending: 'accepted' });
  const all = keyOf('B', { current: 'accepted', pending: 'accepted' });

  test.each([
    ['a rotation of which all works is finished', [lacking, pending], all, 'finish A pending'],
    [
      'one in the middle of its switch is finished too',
      [lacking, pending],
      keyOf('B', { current: 'rejected', pending: 'accepted' }, single),
      'finish A pending',
    ],
    [
      'one that is compromised is taken back',
      [lacking, markedBy(pending)],
      all,
      'take-back B pending',
    ],
    [
      'one that is not installed is taken back',
      [lacking, pending],
      keyOf('B', { current: 'accepted', pending: 'rejected' }),
      'take-back B pending',
    ],
  ] as const)('%s', (_what, versions, key, expected) => {
    expect(waysOut(versions, missing, key)).toBe(expected);
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

describe('whatever is seen', () => {
  const versions = [current, previous, pending, empty, abandoned];
  const verdict: Arbitrary<Verdict> = constantFrom('accepted', 'rejected', 'unknown', 'failed');
  const verdicts = record({
    current: verdict,
    previous: verdict,
    pending: verdict,
    abandoned: verdict,
  });
  const boolean = constantFrom(true, false);
  const key = record({ verdicts, switches: boolean, administered: boolean });
  const seen = record({ one: key, other: key, among: subarray(versions.slice(1)) });

  test('nothing is revoked while a published credential is refused or cannot be asked', () => {
    assert(
      property(seen, ({ one, other, among }) => {
        const keys = [one, other].map(({ verdicts: said, ...more }, index) =>
          keyOf(`KEY_${index}`, said, { ...more, supersededUntil: day(3) }),
        );
        const { way } = diagnose(look([current, ...among], keys));
        const isFine = [one, other].every(({ verdicts: { current: said } }) =>
          ['accepted', 'unknown'].includes(said),
        );
        return isFine || (way !== 'pay' && way !== 'none');
      }),
    );
  });

  test('AWSCURRENT goes only where every key may work', () => {
    assert(
      property(seen, ({ one, other, among }) => {
        const keys = [one, other].map(({ verdicts: said, ...more }, index) =>
          keyOf(`KEY_${index}`, said, more),
        );
        const { way, version } = diagnose(look([current, ...among], keys));
        if (way !== 'finish' && way !== 'roll-back' && way !== 'put-back') return true;
        return [one, other].every(({ verdicts: said, switches }) => {
          const there = version === 'pending' ? said.pending : said.previous;
          return mayWork(there) || (switches && mayWork(said.current));
        });
      }),
    );
  });
});
