import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import { namesOf, type Seen } from './seen.ts';
import { carries, isYoung } from './seen-version.ts';
import { labels } from './secret-store.ts';
import type { WayOut } from './way-out.ts';

/** A person has to mend something outside of Keyturn, or to wait. */
export const mendFirst = (finding: string, reasons: readonly Told[]): WayOut => ({
  way: 'mend-first',
  keys: [...new Set(reasons.flatMap(({ key }) => key ?? []))],
  finding,
  action: 'Nothing is done on a guess. Mend what is named here, and look again.',
  reasons,
});

/** A person has to give what works. */
export const supply = (keys: readonly InspectedKey[], finding: string): WayOut => ({
  way: 'supply',
  keys: keys.map(({ key }) => key),
  finding,
  action:
    'A person has to supply what works: from the console of the provider, from the owner of the ' +
    'database, or from a backup.',
  reasons: [],
});

/** The rotation that stuck is the only one that has what works, and has still to make the rest work. */
export const letGoOn = (
  finding: string,
  { name }: Pick<Seen, 'name'>,
  keys: readonly InspectedKey[],
): WayOut => ({
  way: 'mend-first',
  keys: keys.map(({ key }) => key),
  finding,
  action: `Taken back, the rotation would be lost with it. Let it go on: keyturn rotate ${name}. Then look again.`,
  reasons: [],
});

/** Ends the rotation that stuck, for these keys, so that AWSPENDING comes off. */
export function takeBack(
  { at }: Seen,
  pending: InspectedVersion,
  keys: readonly InspectedKey[],
): WayOut {
  const hasValue = pending.createdAt !== undefined;
  const isLeft = carries(labels.previous)(pending);
  const made = hasValue ? [] : keys.filter(({ madeByProvider }) => madeByProvider);
  const action =
    hasValue && !pending.problem
      ? undoing(isLeft)
      : 'AWSPENDING is taken off. The next rotation starts fresh.';
  return {
    way: 'take-back',
    keys: keys.map(({ key }) => key),
    version: pending.versionId,
    finding: isLeft ? left : begun(hasValue),
    action: `${action}${isYoung(pending, at) ? young : ''}${made.length > 0 ? orphan(made) : ''}`,
    reasons: [],
  };
}

const begun = (hasValue: boolean) =>
  `AWSPENDING is on a version that is not current${hasValue ? '' : ' and has no value yet'}: a rotation ` +
  'was begun, and did not end.';

const left =
  'AWSPENDING is still on a version that was published, and that AWSCURRENT was moved away from since: ' +
  'Secrets Manager takes that for a rotation that did not end.';

const undoing = (isLeft: boolean) =>
  'Each system is switched back to what AWSCURRENT says, and AWSPENDING is taken off; what the rotation ' +
  `made is revoked ${isLeft ? 'when its grace is over' : 'a few minutes later, when no step of it can be left'}. ` +
  'The next rotation starts fresh; one that is begun in these minutes may have to be tried again.';

const young =
  ' If it was begun in the last hour, Secrets Manager may still be working on it: then it fails, and ' +
  'does no harm.';

const orphan = (made: readonly InspectedKey[]) =>
  ` Whether a provider made a value that was never stored (${namesOf(made)}), nobody can tell from here; the ` +
  'next rotation finds it and ends it.';
