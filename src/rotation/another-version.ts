import type { InspectedKey, InspectedVersion } from './inspection.ts';
import { holds, isStranded, isUnusable, mayWork, type Seen } from './seen.ts';
import { isEnded, isMadeAfter, isMarked, isSound } from './seen-version.ts';
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
  if (pending?.createdAt || !current?.createdAt || isMarked(current)) return undefined;
  if (isMadeAfter(previous, current) || !canHold(seen, previous)) return undefined;
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

const isWhole = (seen: Seen, version: InspectedVersion | undefined): version is InspectedVersion =>
  version?.createdAt !== undefined &&
  !version.problem &&
  seen.keys.every((key) => holds(seen, key, version));

/** Every key works there, or its system is switched to it from what is in force. */
const canHold = (seen: Seen, version: InspectedVersion): boolean =>
  seen.keys.every(
    (key) => !isStranded(seen, key) && (holds(seen, key, version) || canSwitch(seen, key, version)),
  );

/** A switch puts in force what it goes to, also where nobody can ask whether it is. */
const canSwitch = (seen: Seen, key: InspectedKey, version: InspectedVersion): boolean =>
  key.switches && !isUnusable(seen, key, version) && mayWork(seen.worth(key, seen.current));
