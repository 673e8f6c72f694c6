import type { InspectedKey } from './inspection.ts';
import { reasonsAt, type Seen } from './seen.ts';
import { unreadable } from './seen-version.ts';
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
