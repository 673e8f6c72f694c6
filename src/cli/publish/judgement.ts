import type { InspectionAnswer } from '../inspection.ts';
import { printableName } from '../printable.ts';
import { documentOf, type StoredValue } from './stored-value.ts';

/** What publishing a value would mean for one key that is rotated. */
export interface JudgedKey {
  readonly key: string;
  readonly rotator: string;
  readonly meaning: Meaning;
  /** What its system said to the credential that is given, and to the one in AWSCURRENT. */
  readonly given: Answered;
  readonly current: Answered;
  /** Why the system could not be asked, or what it could not be asked about. */
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
  const differing = differingKeys(given.value, current.value);
  const owned = new Set(keys.flatMap(({ changes }) => changes));
  return keys.map(({ key, rotator, changes, reads, credentials }) => {
    const of = ({ versionId }: Held) => credentials.find((each) => each.versionId === versionId);
    const verdicts = { given: verdict(of(given)), current: verdict(of(current)) };
    // A function from before that was told may read any key that none rotates.
    const mayRead = (name: string) => reads?.includes(name) ?? !owned.has(name);
    const different = differing?.filter((name) => changes.includes(name) || mayRead(name));
    const meaning = meaningOf(verdicts, different?.length === 0);
    const problem =
      of(given)?.problem?.message ??
      (meaning === 'unproven' ? otherThanCurrent(different) : undefined);
    return { key, rotator, meaning, ...verdicts, problem };
  });
}

type Credential = InspectionAnswer['keys'][number]['credentials'][number];

const verdict = (credential: Credential | undefined): Answered => credential?.verdict ?? 'none';

type Verdicts = Pick<JudgedKey, 'given' | 'current'>;

function meaningOf({ given, current }: Verdicts, unchanged: boolean): Meaning {
  if (given === 'accepted') return 'works';
  if (unchanged) return 'as-before';
  if (given !== 'rejected') return 'unproven';
  return current === 'rejected' || current === 'none' ? 'dead-too' : 'breaks';
}

/** Keys that do not hold the same in both; `undefined` where one of the two is no object of keys. */
function differingKeys(one: StoredValue, other: StoredValue): readonly string[] | undefined {
  const [given, current] = [documentOf(one), documentOf(other)];
  if (!given || !current) return undefined;
  const all = [...new Set([...given.keys, ...current.keys])];
  return all.filter((key) => given.source(key) !== current.source(key));
}

const otherThanCurrent = (names: readonly string[] = []) =>
  names.length > 0
    ? `Other than in AWSCURRENT: ${names.map(printableName).join(', ')}.`
    : undefined;
