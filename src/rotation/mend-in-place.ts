import { others, refusing, type DeadKeys } from './dead-keys.ts';
import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import type { Seen } from './seen.ts';
import { carries } from './seen-version.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';
import { mendFirst } from './ways.ts';

/**
 * What brings keys back that are refused, while other systems cannot be asked, for `reasons`: what
 * moves no label. `undefined` where nothing does.
 */
export function mendInPlace(
  seen: Seen,
  current: InspectedVersion,
  { healable, settable }: DeadKeys,
  reasons: readonly Told[],
): WayOut | undefined {
  // What somebody stored may have to be gone back from instead, once all can be asked.
  const certain = settable.filter(
    (key) =>
      carries(labels.made)(current) ||
      others(seen).every(({ version }) => seen.worth(key, version) === 'dead'),
  );
  const set = certain.length > 0 ? reset(seen, certain) : undefined;
  if (set?.way === 'reset') return { ...set, reasons };
  return healable.length > 0 ? { ...heal(seen, healable), reasons } : undefined;
}

/** The systems of these keys are switched to what AWSCURRENT says. */
export const heal = (seen: Seen, keys: readonly InspectedKey[]): WayOut => ({
  way: 'heal',
  keys: keys.map(({ key }) => key),
  finding: `${refusing(seen, keys)} The credential of another labelled version is in force.`,
  action: 'The systems are switched to what AWSCURRENT says.',
  reasons: [],
});

/** An administrator sets these keys to what AWSCURRENT says, unless he is of no use either. */
export function reset(seen: Seen, keys: readonly InspectedKey[]): WayOut {
  const { pending } = seen;
  const unasked = keys
    .filter((key) => seen.worth(key, pending) === 'unasked')
    .flatMap((key) => (pending && seen.problemOf(key, pending)) ?? []);
  const reasons = [...unasked, ...keys.flatMap(({ obstacle }) => inTheWay(obstacle))];
  if (reasons.length > 0) return mendFirst(refusing(seen, keys), reasons);
  return {
    way: 'reset',
    keys: keys.map(({ key }) => key),
    finding: `${refusing(seen, keys)} ${inForceBeside(seen, keys)}`,
    action:
      'Keyturn has RDS (or the administrator that adminSecret names) set the password to the one under ' +
      'AWSCURRENT. Whoever uses the one in force now is refused from then on.',
    reasons: [],
  };
}

/** That the current credential is refused is what is to be mended, and stands in no way. */
const inTheWay = (obstacle: Told | undefined): readonly Told[] =>
  obstacle && obstacle.code !== 'CURRENT_REJECTED' ? [obstacle] : [];

function inForceBeside(seen: Seen, keys: readonly InspectedKey[]): string {
  const atAnother = (worth: string) =>
    others(seen).filter(({ version }) => keys.some((key) => seen.worth(key, version) === worth));
  const working = atAnother('works').map(({ label }) => label);
  if (working.length > 0) return `What works there is under ${working.join(' and ')}.`;
  const open = [...atAnother('unverifiable'), ...atAnother('unasked')];
  return open.length > 0
    ? 'No labelled version is known to work there.'
    : 'No labelled version works there: the credential was changed outside of Secrets Manager.';
}
