import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import {
  carries,
  isEnded,
  isSound,
  namesOf,
  ofValue,
  unreadable,
  verdictAt,
  type Seen,
} from './seen.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';
import { finish, putBack, rollBack, worksElsewhere } from './another-version.ts';
import { letGoOn, mendFirst, supply, takeBack } from './ways.ts';

/**
 * The way out where a system refuses what AWSCURRENT says; `undefined` where none does, or where
 * taking a stuck rotation back heals it.
 */
export function diagnoseDead(seen: Seen, current: InspectedVersion): WayOut | undefined {
  const dead = seen.keys.filter((key) => seen.worth(key, current) === 'dead');
  if (dead.length === 0) return undefined;

  const lost = dead.filter((key) => !canHeal(seen, key) && !key.administered);
  const another = lost.length > 0 ? toAnotherVersion(seen, current, { dead, lost }) : undefined;
  if (another) return another;

  const forced = dead.filter((key) => !canHeal(seen, key) && key.administered);
  if (forced.length > 0) return reset(seen, forced);
  const healable = dead.filter((key) => canHeal(seen, key));
  if (lost.length > 0) return healable.length > 0 ? heal(healable) : giveUp(seen, lost);
  // Taking a rotation back heals before all else.
  return seen.pending ? undefined : heal(healable);
}

/** What another labelled version holds is in force, and the system can be switched from it. */
const canHeal = (seen: Seen, key: InspectedKey): boolean =>
  key.switches && others(seen).some((version) => verdictAt(key, version) === 'accepted');

const others = ({ pending, abandoned, previous }: Seen) =>
  [pending, abandoned, previous].filter((version) => version !== undefined);

interface Dead {
  readonly dead: readonly InspectedKey[];
  readonly lost: readonly InspectedKey[];
}

/** AWSCURRENT has to go where all works, since nothing brings back what it says. */
function toAnotherVersion(
  seen: Seen,
  current: InspectedVersion,
  { dead, lost }: Dead,
): WayOut | undefined {
  const finding = refusing(dead);
  const retired = isEnded(current);
  const undone = seen.previous && carries(labels.undone)(seen.previous);
  if (retired && undone && lost.every((key) => seen.worth(key, seen.previous) === 'works')) {
    return goForward(seen.previous, lost);
  }
  return (
    finish(seen, finding, dead) ??
    rollBack(seen, finding, dead) ??
    (carries(labels.made)(current) ? undefined : putBack(seen, finding, dead))
  );
}

/** What may still be in force somewhere is not given up: its system has to answer first. */
function giveUp(seen: Seen, lost: readonly InspectedKey[]): WayOut {
  const reasons = others(seen).flatMap((version) =>
    lost
      .filter((key) => seen.worth(key, version) === 'unasked')
      .flatMap((key) => seen.problemOf(key, version) ?? []),
  );
  const { pending, keys, worth, current } = seen;
  const unread = pending && unreadable(pending);
  if (unread || reasons.length > 0) return mendFirst(refusing(lost), unread ? [unread] : reasons);
  if (!pending) return supply(lost, `${refusing(lost)} ${worksElsewhere(seen, lost)}`);
  // A value that a person supplies would abandon the rotation.
  const canGoOn = keys.every((key) =>
    [pending, current].some((version) => worth(key, version) === 'works'),
  );
  if (isSound(pending) && canGoOn) return letGoOn(refusing(lost), seen, lost);
  return takeBack(
    seen,
    pending,
    keys.filter((key) => !lost.includes(key)),
  );
}

function reset(seen: Seen, keys: readonly InspectedKey[]): WayOut {
  const { pending } = seen;
  const unasked = keys
    .filter((key) => seen.worth(key, pending) === 'unasked')
    .flatMap((key) => (pending && seen.problemOf(key, pending)) ?? []);
  const reasons = [...unasked, ...keys.flatMap(({ obstacle }) => inTheWay(obstacle))];
  if (reasons.length > 0) return mendFirst(refusing(keys), reasons);
  return {
    way: 'reset',
    keys: keys.map(({ key }) => key),
    finding:
      `${refusing(keys)} No labelled version works there: the credential was changed outside of Secrets ` +
      'Manager.',
    action:
      'Keyturn has RDS (or the administrator that adminSecret names) set the password to the one under ' +
      'AWSCURRENT. Whoever uses the one in force now is refused from then on.',
    reasons: [],
  };
}

/** That the current credential is refused is what is to be mended, and stands in no way. */
const inTheWay = (obstacle: Told | undefined): readonly Told[] =>
  obstacle && obstacle.code !== 'CURRENT_REJECTED' && !ofValue(obstacle) ? [obstacle] : [];

const heal = (keys: readonly InspectedKey[]): WayOut => ({
  way: 'heal',
  keys: keys.map(({ key }) => key),
  finding: `${refusing(keys)} The credential of another labelled version is in force.`,
  action: 'The systems are switched to what AWSCURRENT says.',
  reasons: [],
});

const goForward = (to: InspectedVersion | undefined, keys: readonly InspectedKey[]): WayOut => ({
  way: 'heal',
  keys: keys.map(({ key }) => key),
  version: to?.versionId,
  finding: `${refusing(keys)} A rollback met the end of the grace of what it went back to.`,
  action: 'AWSCURRENT goes forward again, to the version that was undone and works.',
  reasons: [],
});

const refusing = (keys: readonly InspectedKey[]) =>
  `The ${namesOf(keys)} under AWSCURRENT ${keys.length === 1 ? 'is' : 'are'} refused.`;
