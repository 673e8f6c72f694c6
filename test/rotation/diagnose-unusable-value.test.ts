import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import type { InspectedVersion } from '../../src/rotation/inspection.ts';
import {
  byHand,
  previous,
  pending,
  empty,
  markedBy,
  keyOf,
  single,
  look,
  waysOut,
  works,
} from './support/sight.ts';

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
