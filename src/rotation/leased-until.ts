import { leaseEnd } from './rollback-lease.ts';
import { labels } from './secret-store.ts';

/**
 * Until when something may be taken back, or published, of versions that are told by their labels; in
 * epoch ms, past or 0 where nothing is. A rotation revokes nothing before.
 */
export const leasedUntil = (versions: Iterable<readonly string[]>): number =>
  Math.max(0, ...[...versions].filter(counts).map(leaseEnd));

/** Nobody waits for what a rollback left: AWSCURRENT does not come back to it. */
function counts(carried: readonly string[]): boolean {
  if (carried.includes(labels.current)) return true;
  return carried.includes(labels.previous)
    ? !carried.includes(labels.undone)
    : carried.includes(labels.made);
}

/** Whoever takes something back holds a lease, and one that died for as long as it might have run. */
export const underWayUntil = (until: number): string =>
  `Something is being taken back, or published, or died while it was, and may be under way until ` +
  `${new Date(until).toISOString()}: a rotation that begins before may fail, and is tried again by itself.`;
