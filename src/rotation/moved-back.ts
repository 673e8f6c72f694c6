import type { InspectedVersion } from './inspection.ts';
import { reasonsAt, type Seen } from './seen.ts';
import { carries, isMadeAfter, isMarked } from './seen-version.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';

/**
 * AWSCURRENT is on an older version than AWSPREVIOUS, and no rollback put it there; `undefined` where
 * that is not so. A rollback brings to its end what the label alone did not: AWSPENDING may still be
 * on what was current, and nobody ends what that made.
 */
export function movedBack(seen: Seen, current: InspectedVersion): WayOut | undefined {
  const { previous, pending, leasedUntil, at } = seen;
  if (!previous || previous.problem || isMarked(current)) return undefined;
  // Somebody may be moving it at this moment.
  if (leasedUntil > Date.parse(at)) return undefined;
  if (carries(labels.undone)(previous) || !isMadeAfter(previous, current)) return undefined;
  const another = pending && pending.versionId !== previous.versionId;
  if (another || reasonsAt(seen, previous).length > 0) return undefined;
  return {
    way: 'roll-back',
    keys: [],
    version: current.versionId,
    finding:
      'AWSCURRENT is on an older version than AWSPREVIOUS, and no rollback put it there: somebody moved ' +
      'the label by hand.',
    action:
      'That becomes a rollback: the systems follow AWSCURRENT where they have not yet, and what AWSPREVIOUS ' +
      'holds, and nothing else uses, is revoked in a few minutes.',
    reasons: [],
  };
}
