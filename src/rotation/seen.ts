import { isMark } from './compromised.ts';
import type { InspectedKey, InspectedVersion, Sight, Told } from './inspection.ts';
import { labels, type Label } from './secret-store.ts';

/** What one version's credential is worth: `unasked` where its system could not be asked. */
type Worth = 'works' | 'dead' | 'unasked';

/** Questions about what was seen of a secret. */
export interface Seen {
  /** The secret's. */
  readonly name: string;
  readonly at: string;
  readonly keys: readonly InspectedKey[];
  readonly current: InspectedVersion | undefined;
  /** AWSPENDING, where that is another version than the current one. */
  readonly pending: InspectedVersion | undefined;
  readonly previous: InspectedVersion | undefined;
  /** What a rotation made that somebody else's change abandoned. */
  readonly abandoned: InspectedVersion | undefined;
  /** `dead` too where the version holds no such credential. */
  readonly worth: (key: InspectedKey, version: InspectedVersion | undefined) => Worth;
  readonly problemOf: (key: InspectedKey, version: InspectedVersion) => Told | undefined;
}

export function seenIn({ name, at, versions, keys }: Sight): Seen {
  const current = versions.find(carries(labels.current));
  const other = (label: Label) =>
    versions.find((version) => version !== current && carries(label)(version));
  const pending = other(labels.pending);
  const previous = other(labels.previous);
  const made = other(labels.made);
  return {
    name,
    at,
    keys,
    current,
    pending,
    previous,
    abandoned: made === pending || made === previous ? undefined : made,
    worth(key, version) {
      const credential = credentialOf(key, version);
      if (!credential || credential.verdict === 'rejected') return 'dead';
      if (credential.verdict !== 'failed') return 'works';
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

export const carries = (label: Label) => (version: InspectedVersion) =>
  version.labels.includes(label);

/** Whether somebody stored something that no rotation could start from; else it could not be read. */
export const ofValue = (problem: { readonly code: string } | undefined): boolean =>
  problem !== undefined && ofValues.has(problem.code);

const ofValues: ReadonlySet<string> = new Set([
  'KEY_MISSING',
  'KEY_NOT_TEXT',
  'KEY_UNUSABLE',
  'SECRET_DUPLICATE_KEY',
  'SECRET_NOT_JSON_OBJECT',
]);

/** Why a version could not be read, where that is nobody's value. */
export const unreadable = ({ problem }: InspectedVersion): Told | undefined =>
  ofValue(problem) ? undefined : problem;

/** Whether somebody has what stands in the version who should not. */
export const isMarked = (version: InspectedVersion | undefined): boolean =>
  version?.labels.some(isMark) ?? false;

/** Whether its credentials are being ended, or have been. */
export const isEnded = (version: InspectedVersion): boolean =>
  carries(labels.retiring)(version) || carries(labels.retired)(version);

/** Whether its value may become current: whole, of nobody else, and comparable with what is there. */
export const isSound = (version: InspectedVersion): boolean =>
  version.createdAt !== undefined &&
  !version.problem &&
  !version.foreignChange &&
  !isMarked(version);

export const namesOf = (keys: readonly InspectedKey[]): string =>
  keys.map(({ key }) => key).join(', ');

/** Whether the version was made so shortly ago that Secrets Manager may be working on it. */
export const isYoung = ({ createdAt }: InspectedVersion, at: string): boolean =>
  createdAt === undefined || Date.parse(at) - Date.parse(createdAt) < youngMs;

const youngMs = 3_600_000;
