import type { InspectionAnswer } from '../inspection.ts';
import { documentOf, type StoredValue } from './stored-value.ts';

/** What publishing a value would mean for one key that is rotated. */
export interface JudgedKey {
  readonly key: string;
  readonly rotator: string;
  readonly meaning: Meaning;
  /** What its system said to the credential that is given, and to the one in AWSCURRENT. */
  readonly given: Answered;
  readonly current: Answered;
  /** Why the system could not be asked. */
  readonly problem?: string | undefined;
}

/**
 * `works`: its system accepts it. `as-before`: nothing changes for this key. `breaks`: it is refused,
 * and what is published is not. `dead-too`: both are refused. `unproven`: nobody could tell.
 */
export type Meaning = 'works' | 'as-before' | 'breaks' | 'dead-too' | 'unproven';

type Answered = 'accepted' | 'rejected' | 'unknown' | 'failed' | 'none';

/** A version, and what is in it. */
export interface Held {
  readonly versionId: string;
  readonly value: StoredValue;
}

/** Sets what the systems answered for both versions side by side, one line for each rotated key. */
export function judge(
  { keys }: InspectionAnswer,
  { given, current }: { readonly given: Held; readonly current: Held },
): readonly JudgedKey[] {
  const unchanged = unchangedKeys(given.value, current.value, keys);
  return keys.map(({ key, rotator, credentials }) => {
    const of = ({ versionId }: Held) => credentials.find((each) => each.versionId === versionId);
    const verdicts = { given: verdict(of(given)), current: verdict(of(current)) };
    const meaning = meaningOf(verdicts, unchanged.has(key));
    return { key, rotator, meaning, ...verdicts, problem: of(given)?.problem?.message };
  });
}

type Rotated = InspectionAnswer['keys'];
type Credential = Rotated[number]['credentials'][number];

const verdict = (credential: Credential | undefined): Answered => credential?.verdict ?? 'none';

type Verdicts = Pick<JudgedKey, 'given' | 'current'>;

function meaningOf({ given, current }: Verdicts, unchanged: boolean): Meaning {
  if (given === 'accepted') return 'works';
  if (unchanged) return 'as-before';
  if (given !== 'rejected') return 'unproven';
  return current === 'rejected' || current === 'none' ? 'dead-too' : 'breaks';
}

/**
 * Rotated keys that hold the same in both. What a rotator reads beside its own keys, such as a
 * user's name, is not told: so nothing counts as unchanged where a key differs that none rotates.
 */
function unchangedKeys(one: StoredValue, other: StoredValue, rotated: Rotated): Set<string> {
  const [given, current] = [documentOf(one), documentOf(other)];
  if (!given || !current) return new Set();
  const all = new Set([...given.keys, ...current.keys]);
  const differing = [...all].filter((key) => given.source(key) !== current.source(key));
  const owned = new Set(rotated.flatMap(({ changes }) => changes));
  if (differing.some((key) => !owned.has(key))) return new Set();
  const same = rotated.filter(({ changes }) => !changes.some((key) => differing.includes(key)));
  return new Set(same.map(({ key }) => key));
}
