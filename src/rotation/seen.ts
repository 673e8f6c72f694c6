import type { InspectedKey, InspectedVersion, Sight, Told } from './inspection.ts';
import { leasedUntil } from './leased-until.ts';
import { ofValue } from './of-value.ts';
import { carries } from './seen-version.ts';
import { labels, type Label } from './secret-store.ts';

/**
 * What one version's credential is worth: `unverifiable` where its system can be asked by nobody,
 * `unasked` where it could not be asked this time.
 */
export type Worth = 'works' | 'unverifiable' | 'dead' | 'unasked';

/** Questions about what was seen of a secret. */
export interface Seen extends Pick<Sight, 'name' | 'at' | 'rotationEnabled' | 'keys'> {
  readonly current: InspectedVersion | undefined;
  /** AWSPENDING, where that is another version than the current one. */
  readonly pending: InspectedVersion | undefined;
  readonly previous: InspectedVersion | undefined;
  /** What a rotation made that somebody else's change abandoned. */
  readonly abandoned: InspectedVersion | undefined;
  /** Until when something may be taken back, or published, in epoch ms; past where nothing is. */
  readonly leasedUntil: number;
  /** `dead` too where the version holds no such credential. */
  readonly worth: (key: InspectedKey, version: InspectedVersion | undefined) => Worth;
  readonly problemOf: (key: InspectedKey, version: InspectedVersion) => Told | undefined;
}

export function seenIn({ name, at, rotationEnabled, versions, keys }: Sight): Seen {
  const current = versions.find(carries(labels.current));
  const other = (label: Label) =>
    versions.find((version) => version !== current && carries(label)(version));
  const pending = other(labels.pending);
  const previous = other(labels.previous);
  const made = other(labels.made);
  return {
    name,
    at,
    rotationEnabled,
    keys,
    current,
    pending,
    previous,
    abandoned: made === pending || made === previous ? undefined : made,
    leasedUntil: leasedUntil(versions.map((version) => version.labels)),
    worth(key, version) {
      const credential = credentialOf(key, version);
      if (!credential || credential.verdict === 'rejected') return 'dead';
      if (credential.verdict === 'accepted') return 'works';
      if (credential.verdict === 'unknown') return 'unverifiable';
      return ofValue(credential.problem) ? 'dead' : 'unasked';
    },
    problemOf: (key, version) => credentialOf(key, version)?.problem,
  };
}

const credentialOf = (key: InspectedKey, version: InspectedVersion | undefined) =>
  key.credentials.find(({ versionId }) => versionId === version?.versionId);

/** What its system says of the version's credential; absent where it holds none. */
export const verdictAt = (key: InspectedKey, version: InspectedVersion | undefined) =>
  credentialOf(key, version)?.verdict;

/** Whether nothing is known against it. */
export const mayWork = (worth: Worth): boolean => worth === 'works' || worth === 'unverifiable';

/**
 * Whether AWSCURRENT may go there with nothing switched. What can be asked by nobody may have to be
 * the one that is published, and is no worse where it is the same, or where none is.
 */
export const holds = (
  seen: Seen,
  key: InspectedKey,
  version: InspectedVersion | undefined,
): boolean => {
  const worth = seen.worth(key, version);
  if (worth !== 'unverifiable') return worth === 'works';
  return credentialOf(key, version)?.asCurrent === true || isUnsaid(seen, key);
};

/** Whether AWSCURRENT says nothing at all in its place. Of two keys one may be there, and another. */
function isUnsaid({ current, problemOf }: Seen, key: InspectedKey): boolean {
  if (!current) return false;
  if (current.problem?.code === 'SECRET_NOT_JSON_OBJECT') return true;
  const problem = problemOf(key, current);
  const required = key.changes.filter((each) => !key.optional.includes(each));
  return problem?.code === 'KEY_MISSING' && required.length === 1 && problem.key === required[0];
}

/** Whether what the version says is no credential its system could be asked about, or switched from. */
export const isUnusable = (
  { problemOf }: Seen,
  key: InspectedKey,
  version: InspectedVersion | undefined,
): boolean => version !== undefined && ofValue(problemOf(key, version));

/** Whether no switch can begin: of what AWSCURRENT says no login could be made. */
export const isStranded = ({ current, problemOf }: Seen, key: InspectedKey): boolean =>
  key.switches && current !== undefined && problemOf(key, current)?.code === 'KEY_UNUSABLE';

/** Why systems could not be asked about what a version holds. */
export const reasonsAt = (
  { keys, worth, problemOf }: Seen,
  version: InspectedVersion,
): readonly Told[] =>
  keys
    .filter((key) => worth(key, version) === 'unasked')
    .flatMap((key) => problemOf(key, version) ?? []);

export const namesOf = (keys: readonly InspectedKey[]): string =>
  keys.map(({ key }) => key).join(', ');
