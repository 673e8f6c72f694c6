import { diagnoseDead } from './diagnose-dead.ts';
import { unusable } from './diagnose-unusable.ts';
import type { InspectedKey, InspectedVersion, Sight } from './inspection.ts';
import { underWayUntil } from './leased-until.ts';
import { namesOf, reasonsAt, seenIn, type Seen } from './seen.ts';
import { carries, isMadeAfter } from './seen-version.ts';
import { labels } from './secret-store.ts';
import { stuck } from './stuck.ts';
import type { WayOut } from './way-out.ts';
import { movedBack } from './moved-back.ts';
import { mendFirst, supply } from './ways.ts';

/**
 * The one way out of how a secret stands. What AWSCURRENT says comes first, then a rotation that
 * stuck, then what is owed: nothing is revoked while a published credential does not work. A system
 * that cannot be asked is never taken for one that refuses. Pure.
 */
export function diagnose(sight: Sight): WayOut {
  const seen = seenIn(sight);
  const { current } = seen;
  if (!current) return supply([], noCurrent);
  return (
    unusable(seen, current) ??
    published(seen, current) ??
    movedBack(seen, current) ??
    stuck(seen, seen.keys) ??
    abandoned(seen) ??
    due(seen, current) ??
    healthy(seen)
  );
}

/** Of what AWSCURRENT says not all works, or not all can be asked about. */
function published(seen: Seen, current: InspectedVersion): WayOut | undefined {
  const unasked = reasonsAt(seen, current);
  return (
    diagnoseDead(seen, current, unasked) ??
    (unasked.length > 0
      ? mendFirst(
          'Not every system could be asked whether it accepts what AWSCURRENT says.',
          unasked,
        )
      : undefined)
  );
}

/** What a rotation made that somebody's change of the secret abandoned, and that may still work. */
function abandoned(seen: Seen): WayOut | undefined {
  const version = seen.abandoned;
  if (!version || isLeased(seen)) return undefined;
  // What cannot be asked about from there, its rotator proves or refuses by what is current.
  const alive = seen.keys.filter((key) => seen.worth(key, version) !== 'dead');
  return {
    way: 'pay',
    keys: alive.map(({ key }) => key),
    version: version.versionId,
    finding: 'A rotation was abandoned or taken back, and what it made is not ended yet.',
    action: 'What it made, and nothing else uses, is revoked.',
    reasons: [],
  };
}

/** What was superseded, and whose grace is over. */
function due(seen: Seen, current: InspectedVersion): WayOut | undefined {
  const { previous } = seen;
  if (!previous || isLeased(seen)) return undefined;
  const owed = owedAt(seen, previous);
  if (owed.length === 0) return undefined;
  const undone = carries(labels.undone)(previous) && isMadeAfter(previous, current);
  return {
    way: 'pay',
    keys: owed.map(({ key }) => key),
    version: previous.versionId,
    finding: undone
      ? `What was undone still works: ${namesOf(owed)}.`
      : `The grace of what AWSPREVIOUS holds is over, and it still works: ${namesOf(owed)}.`,
    action:
      'It is revoked. Applications that have not read AWSCURRENT yet are refused from then on.',
    reasons: [],
  };
}

/**
 * What nobody can ask about is owed only when every grace is over: then the receipt is put, and it is
 * not owed again.
 */
function owedAt({ keys, worth, at }: Seen, previous: InspectedVersion): readonly InspectedKey[] {
  const graced = keys.filter(({ supersededUntil }) => supersededUntil !== undefined);
  const over = graced.filter((key) => isOver(key, at));
  const counted = over.length === graced.length ? anyAlive : ['works'];
  return over.filter((key) => counted.includes(worth(key, previous)));
}

const anyAlive = ['works', 'unverifiable', 'unasked'];

const isOver = ({ supersededUntil }: InspectedKey, at: string) =>
  supersededUntil !== undefined && Date.parse(supersededUntil) <= Date.parse(at);

function healthy(seen: Seen): WayOut {
  const { keys, at } = seen;
  const running = keys.flatMap((key) =>
    key.supersededUntil !== undefined && !isOver(key, at) ? [key.supersededUntil] : [],
  );
  const last = running.toSorted().at(-1);
  const unaskable = keys.some(({ credentials }) =>
    credentials.some(({ verdict }) => verdict === 'unknown'),
  );
  return {
    way: 'none',
    keys: [],
    finding:
      (unaskable
        ? 'Nothing is known to be wrong: every system that can be asked accepts what AWSCURRENT says.'
        : 'Every system accepts what AWSCURRENT says, and nothing is owed.') +
      (last ? ` What was superseded lives until ${last} at the latest.` : '') +
      (isLeased(seen) ? ` ${underWayUntil(seen.leasedUntil)}` : ''),
    reasons: [],
  };
}

const isLeased = ({ leasedUntil, at }: Seen): boolean => leasedUntil > Date.parse(at);

const noCurrent = 'The secret has no version under AWSCURRENT.';
