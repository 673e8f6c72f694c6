import { finish, putBack, rollBack } from './another-version.ts';
import { deadKeys, others, refusing, type DeadKeys } from './dead-keys.ts';
import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import { heal, mendInPlace, reset } from './mend-in-place.ts';
import { isStranded, mayWork, namesOf, type Seen } from './seen.ts';
import { carries, isEnded, isSound, unreadable } from './seen-version.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';
import { letGoOn, mendFirst, supply, takeBack } from './ways.ts';
import { worksElsewhere } from './works-elsewhere.ts';

/**
 * The way out where a system refuses what AWSCURRENT says; `undefined` where none does, or where
 * taking a stuck rotation back heals it. `unasked`: why other systems could not be asked; AWSCURRENT
 * does not move then.
 */
export function diagnoseDead(
  seen: Seen,
  current: InspectedVersion,
  unasked: readonly Told[],
): WayOut | undefined {
  const keys = deadKeys(seen, current);
  const { all, lost, settable, healable } = keys;
  if (unasked.length > 0) return mendInPlace(seen, current, keys, unasked);
  if (all.length === 0) return undefined;

  const another =
    lost.length > 0 ? toAnotherVersion(seen, current, keys) : fromByHand(seen, current, settable);
  if (another) return another;

  if (settable.length > 0) return reset(seen, settable);
  if (lost.length > 0) return healable.length > 0 ? heal(seen, healable) : giveUp(seen, lost);
  // Taking a rotation back heals before all else.
  return seen.pending ? undefined : heal(seen, healable);
}

/** AWSCURRENT has to go where all works, since nothing brings back what it says. */
function toAnotherVersion(
  seen: Seen,
  current: InspectedVersion,
  { all, lost }: DeadKeys,
): WayOut | undefined {
  const finding = refusing(seen, all);
  const retired = isEnded(current);
  const undone = seen.previous && carries(labels.undone)(seen.previous);
  if (retired && undone && lost.every((key) => seen.worth(key, seen.previous) === 'works')) {
    return goForward(seen, seen.previous, lost);
  }
  return (
    finish(seen, finding, all) ??
    rollBack(seen, finding, all) ??
    (carries(labels.made)(current) ? undefined : putBack(seen, finding, all))
  );
}

/** What somebody stored is not forced on a system, where AWSCURRENT can go back to what works. */
function fromByHand(
  seen: Seen,
  current: InspectedVersion,
  settable: readonly InspectedKey[],
): WayOut | undefined {
  if (settable.length === 0 || carries(labels.made)(current)) return undefined;
  const finding = refusing(seen, settable);
  return finish(seen, finding, settable) ?? putBack(seen, finding, settable);
}

/** What may still be in force somewhere is not given up: its system has to answer first. */
function giveUp(seen: Seen, lost: readonly InspectedKey[]): WayOut {
  const { pending, keys, worth, problemOf } = seen;
  const finding = refusing(seen, lost);
  const reasons = others(seen).flatMap(({ version }) =>
    lost
      .filter((key) => worth(key, version) === 'unasked')
      .flatMap((key) => problemOf(key, version) ?? []),
  );
  const unread = pending && unreadable(pending);
  if (unread || reasons.length > 0) return mendFirst(finding, unread ? [unread] : reasons);
  if (!pending) return supply(lost, `${finding} ${worksElsewhere(seen, lost)}`);
  const kept = keys.filter((key) => !lost.includes(key));
  return canGoOn(seen, pending) ? goOn(seen, pending, lost) : takeBack(seen, pending, kept);
}

/** A value that a person supplies would abandon the rotation. */
const canGoOn = (seen: Seen, pending: InspectedVersion): boolean =>
  isSound(pending) &&
  seen.keys.every(
    (key) =>
      !isStranded(seen, key) &&
      [pending, seen.current].some((version) => mayWork(seen.worth(key, version))),
  );

/** Where rotation is off, nobody goes on with it, and the service begins no other beside it. */
function goOn(seen: Seen, pending: InspectedVersion, lost: readonly InspectedKey[]): WayOut {
  const finding = `${refusing(seen, lost)} What AWSPENDING holds works: ${namesOf(lost)}.`;
  if (seen.rotationEnabled) return letGoOn(finding, seen, lost);
  const kept = seen.keys.filter((key) => !lost.includes(key));
  const taken = takeBack(seen, pending, kept);
  return {
    ...taken,
    finding: `${finding} Rotation is switched off, so nothing goes on with that rotation.`,
    action:
      `${taken.action} What works of it stays, under KEYTURN_MADE, as long as AWSCURRENT has nothing that ` +
      'does: it can be supplied from there.',
  };
}

const goForward = (
  seen: Seen,
  to: InspectedVersion | undefined,
  keys: readonly InspectedKey[],
): WayOut => ({
  way: 'heal',
  keys: keys.map(({ key }) => key),
  version: to?.versionId,
  finding: `${refusing(seen, keys)} A rollback met the end of the grace of what it went back to.`,
  action: 'AWSCURRENT goes forward again, to the version that was undone and works.',
  reasons: [],
});
