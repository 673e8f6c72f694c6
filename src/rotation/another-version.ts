import type { InspectedKey, InspectedVersion } from './inspection.ts';
import { carries, isEnded, isMarked, isSound, namesOf, type Seen } from './seen.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';

/** Goes on with the rotation that stuck, where all it needs works and AWSCURRENT does not. */
export function finish(
  seen: Seen,
  finding: string,
  dead: readonly InspectedKey[],
): WayOut | undefined {
  const { pending } = seen;
  if (!pending || !isSound(pending) || !canHold(seen, pending)) return undefined;
  return {
    way: 'finish',
    keys: dead.map(({ key }) => key),
    version: pending.versionId,
    finding: `${finding} What AWSPENDING holds works.`,
    action:
      'The rotation that stuck is finished: systems that hold one credential are switched, and ' +
      'AWSCURRENT moves to what AWSPENDING is on.',
    reasons: [],
  };
}

/** Takes the last rotation back, where all that was current before it works still. */
export function rollBack(
  seen: Seen,
  finding: string,
  dead: readonly InspectedKey[],
): WayOut | undefined {
  const { previous, pending, current } = seen;
  if (!previous || !isSound(previous) || isEnded(previous)) return undefined;
  // What is compromised must be replaced: a rotation after a rollback would keep it.
  if (pending?.createdAt || !current || isMarked(current)) return undefined;
  if (!isOlder(previous, current) || !canHold(seen, previous)) return undefined;
  return {
    way: 'roll-back',
    keys: dead.map(({ key }) => key),
    version: previous.versionId,
    finding: `${finding} What AWSPREVIOUS holds works.`,
    action: 'The last rotation is taken back: AWSCURRENT goes back to AWSPREVIOUS.',
    reasons: [],
  };
}

/** Only the label moves: what somebody stored since cannot be gone from in any other way. */
export function putBack(
  seen: Seen,
  finding: string,
  about: readonly InspectedKey[],
): WayOut | undefined {
  if (seen.pending?.createdAt) return undefined;
  const keys = about.map(({ key }) => key);
  if (isWhole(seen, seen.previous) && !isEnded(seen.previous) && !isMarked(seen.previous)) {
    return putTo(seen.previous, 'AWSPREVIOUS', { finding, keys });
  }
  const { abandoned, current } = seen;
  // Whether somebody stored another key since is known only where AWSCURRENT can be read.
  if (!current?.createdAt || !isWhole(seen, abandoned) || !isSound(abandoned)) return undefined;
  return putTo(abandoned, 'KEYTURN_MADE', { finding, keys });
}

const putTo = (
  { versionId }: InspectedVersion,
  label: string,
  { finding, keys }: Pick<WayOut, 'finding' | 'keys'>,
): WayOut => ({
  way: 'put-back',
  keys,
  version: versionId,
  finding: `${finding} What ${label} holds works.`,
  action:
    `AWSCURRENT goes to what ${label} is on. What was stored since is not lost: AWSPREVIOUS is on it ` +
    'then, and what is worth keeping of it can be stored again.',
  reasons: [],
});

/** Of versions that AWSCURRENT does not go to: what of these keys works there, and why it does not. */
export function worksElsewhere(seen: Seen, keys: readonly InspectedKey[]): string {
  const told = ([label, version]: readonly [string, InspectedVersion | undefined]) => {
    const working = keys.filter((key) => version && seen.worth(key, version) === 'works');
    if (!version || working.length === 0) return [];
    const why = whyNot(seen, version);
    return [
      `What ${label} holds works: ${namesOf(working)}. AWSCURRENT does not go there: ${why}.`,
    ];
  };
  const versions = [
    ['AWSPREVIOUS', seen.previous],
    ['KEYTURN_MADE', seen.abandoned],
  ] as const;
  const found = versions.flatMap(told);
  return found.length > 0 ? found.join(' ') : 'No other labelled version works either.';
}

function whyNot({ keys, worth, current }: Seen, version: InspectedVersion): string {
  const other = keys.filter((key) => worth(key, version) !== 'works');
  if (isMarked(version)) return 'it is marked as compromised';
  if (isEnded(version)) return 'it is being ended, or was';
  if (version.foreignChange) return `somebody stored another ${version.foreignChange} since`;
  if (other.length > 0) return `it does not work for ${namesOf(other)}`;
  if (isMarked(current)) return 'what AWSCURRENT is on is marked as compromised, so it is replaced';
  return 'the systems cannot be switched to it';
}

const isWhole = (
  { keys, worth }: Seen,
  version: InspectedVersion | undefined,
): version is InspectedVersion =>
  version?.createdAt !== undefined &&
  !version.problem &&
  keys.every((key) => worth(key, version) === 'works');

/** Every key works there, or its system is switched to it from what is in force. */
const canHold = ({ keys, worth, current }: Seen, version: InspectedVersion): boolean =>
  keys.every(
    (key) => worth(key, version) === 'works' || (key.switches && worth(key, current) === 'works'),
  );

const isOlder = (one: InspectedVersion, other: InspectedVersion): boolean => {
  const [first, second] = [one, other].map(({ createdAt }) => Date.parse(createdAt ?? ''));
  if (first === undefined || second === undefined) return false;
  return first < second || (first === second && !carries(labels.undone)(one));
};
