import { assert, constantFrom, property, record, subarray, type Arbitrary } from 'fast-check';
import { describe, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import {
  day,
  current,
  previous,
  pending,
  empty,
  abandoned,
  keyOf,
  look,
  type Verdict,
} from './support/sight.ts';

const mayWork = (verdict: Verdict) => verdict === 'accepted' || verdict === 'unknown';

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
