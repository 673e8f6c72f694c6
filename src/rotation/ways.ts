import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import { isYoung, namesOf, type Seen } from './seen.ts';
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
  { name }: Seen,
  keys: readonly InspectedKey[],
): WayOut => ({
  way: 'mend-first',
  keys: keys.map(({ key }) => key),
  finding: `${finding} What AWSPENDING holds works: ${namesOf(keys)}.`,
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
  const made = hasValue ? [] : keys.filter(({ madeByProvider }) => madeByProvider);
  const undoing =
    'Each system is switched back to what AWSCURRENT says, and AWSPENDING is taken off; what the rotation ' +
    'made is revoked a few minutes later, when no step of it can be left';
  return {
    way: 'take-back',
    keys: keys.map(({ key }) => key),
    version: pending.versionId,
    finding:
      `AWSPENDING is on a version that is not current${hasValue ? '' : ' and has no value yet'}: a rotation ` +
      'was begun, and did not end.',
    action:
      `${hasValue && !pending.problem ? undoing : 'AWSPENDING is taken off'}. The next rotation ` +
      `starts fresh.${isYoung(pending, at) ? young : ''}${made.length > 0 ? orphan(made) : ''}`,
    reasons: [],
  };
}

const young =
  ' If it was begun in the last hour, Secrets Manager may still be working on it: then it fails, and ' +
  'does no harm.';

const orphan = (made: readonly InspectedKey[]) =>
  ` Whether a provider made a value that was never stored (${namesOf(made)}), nobody can tell from here; the ` +
  'next rotation finds it and ends it.';
