import type { InspectedKey, InspectedVersion } from './inspection.ts';
import { holds, namesOf, type Seen } from './seen.ts';
import { isEnded, isMarked } from './seen-version.ts';

/** Of versions that AWSCURRENT does not go to: what of these keys works there, and why it does not. */
export function worksElsewhere(seen: Seen, keys: readonly InspectedKey[]): string {
  const told = ([label, version]: readonly [string, InspectedVersion | undefined]) => {
    const working = keys.filter((key) => version && seen.worth(key, version) === 'works');
    if (!version || working.length === 0) return [];
    const why = whyNot(seen, version);
    return [
      `What ${label} holds works: ${namesOf(working)}. AWSCURRENT does not go there: ${why}.`,
    ];
  };
  const versions = [
    ['AWSPREVIOUS', seen.previous],
    ['KEYTURN_MADE', seen.abandoned],
  ] as const;
  const found = versions.flatMap(told);
  return found.length > 0 ? found.join(' ') : 'No other labelled version works either.';
}

function whyNot(seen: Seen, version: InspectedVersion): string {
  const { current, abandoned } = seen;
  if (isMarked(version)) return 'it is marked as compromised';
  if (isEnded(version)) return 'it is being ended, or was';
  if (version.foreignChange) return `somebody stored another ${version.foreignChange} since`;
  const missing = lacking(seen, version);
  if (missing) return missing;
  if (isMarked(current)) return 'what AWSCURRENT is on is marked as compromised, so it is replaced';
  if (version === abandoned && !current?.createdAt) {
    return 'what else was stored since cannot be told, since what AWSCURRENT is on cannot be read';
  }
  return 'the systems cannot be switched to it';
}

function lacking(seen: Seen, version: InspectedVersion): string | undefined {
  const other = seen.keys.filter((key) => !holds(seen, key, version));
  const open = other.filter((key) => seen.worth(key, version) !== 'dead');
  if (other.length > open.length) {
    return `it does not work for ${namesOf(other.filter((key) => !open.includes(key)))}`;
  }
  return open.length > 0 ? `whether it works for ${namesOf(open)} cannot be told` : undefined;
}
