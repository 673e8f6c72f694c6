import type { InspectedKey, InspectedVersion } from './inspection.ts';
import { isUnusable, namesOf, verdictAt, type Seen } from './seen.ts';

/** The keys whose credential under AWSCURRENT does not work, by what brings it back. */
export interface DeadKeys {
  readonly all: readonly InspectedKey[];
  /** What another labelled version holds is in force, and the system can be switched from it. */
  readonly healable: readonly InspectedKey[];
  /** An administrator can set it. */
  readonly settable: readonly InspectedKey[];
  /** Nothing brings back what AWSCURRENT says. */
  readonly lost: readonly InspectedKey[];
}

export function deadKeys(seen: Seen, current: InspectedVersion): DeadKeys {
  const all = seen.keys.filter((key) => seen.worth(key, current) === 'dead');
  // Of something that no login could be made of, no system makes one that works.
  const usable = all.filter((key) => !isUnusable(seen, key, current));
  const healable = usable.filter(
    (key) =>
      key.switches && others(seen).some(({ version }) => verdictAt(key, version) === 'accepted'),
  );
  const settable = usable.filter((key) => key.administered && !healable.includes(key));
  const lost = all.filter((key) => !healable.includes(key) && !settable.includes(key));
  return { all, healable, settable, lost };
}

/** The versions beside AWSCURRENT that a rotation knows, by a label. */
export const others = ({ pending, abandoned, previous }: Seen) =>
  [
    { label: 'AWSPENDING', version: pending },
    { label: 'KEYTURN_MADE', version: abandoned },
    { label: 'AWSPREVIOUS', version: previous },
  ].flatMap(({ label, version }) => (version ? [{ label, version }] : []));

/** What is wrong with these keys, in sentences. */
export function refusing(seen: Seen, keys: readonly InspectedKey[]): string {
  const { current, problemOf } = seen;
  const unusable = keys.filter((key) => isUnusable(seen, key, current));
  const refused = keys.filter((key) => !unusable.includes(key));
  const is = refused.length === 1 ? 'is' : 'are';
  return [
    ...(refused.length > 0 ? [`The ${namesOf(refused)} under AWSCURRENT ${is} refused.`] : []),
    ...unusable.flatMap((key) => (current && problemOf(key, current)?.message) ?? []),
  ].join(' ');
}
