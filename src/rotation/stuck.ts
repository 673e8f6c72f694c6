import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import { unreadable, type Seen } from './seen.ts';
import type { WayOut } from './way-out.ts';
import { mendFirst, takeBack } from './ways.ts';

/** AWSPENDING is on a version that is not current; these keys go back to what AWSCURRENT says. */
export function stuck(seen: Seen, keys: readonly InspectedKey[]): WayOut | undefined {
  const { pending } = seen;
  if (!pending) return undefined;
  const unread = unreadable(pending);
  const reasons = [...(unread ? [unread] : []), ...reasonsAt(seen, pending)];
  if (reasons.length > 0) {
    return mendFirst('A rotation stuck, and not all that it made could be asked about.', reasons);
  }
  return takeBack(seen, pending, keys);
}

/** Why systems could not be asked about what a version holds. */
export const reasonsAt = (
  { keys, worth, problemOf }: Seen,
  version: InspectedVersion,
): readonly Told[] =>
  keys
    .filter((key) => worth(key, version) === 'unasked')
    .flatMap((key) => problemOf(key, version) ?? []);
