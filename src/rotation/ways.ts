import { isMark } from './compromised.ts';
import type { InspectedKey, InspectedVersion, Told } from './inspection.ts';
import { carries, isYoung, namesOf, type Seen } from './seen.ts';
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
    'Nothing that Keyturn knows works, so a person has to supply what does: from the console of the ' +
    'provider, from the owner of the database, or from a backup.',
  reasons: [],
});

/** Goes on with the rotation that stuck, where all it needs works and AWSCURRENT does not. */
export function finish(
  seen: Seen,
  finding: string,
  dead: readonly InspectedKey[],
): WayOut | undefined {
  const { pending } = seen;
  if (!pending?.createdAt || pending.problem || pending.foreignChange) return undefined;
  if (!canHold(seen, pending)) return undefined;
  return {
    way: 'finish',
    keys: dead.map(({ key }) => key),
    version: pending.versionId,
    finding: `${finding} What AWSPENDING holds works.`,
    action:
      'The rotation that stuck is finished: systems that hold one credential are switched, and ' +
      'AWSCURRENT moves to what AWSPENDING is on.',
    reasons: [],
  };
}

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

/** Takes the last rotation back, where all that was current before it works still. */
export function rollBack(
  seen: Seen,
  finding: string,
  dead: readonly InspectedKey[],
): WayOut | undefined {
  const { previous, pending, current } = seen;
  if (!previous?.createdAt || previous.problem || previous.foreignChange) return undefined;
  if (pending?.createdAt || isEnded(previous) || !current || !isOlder(previous, current)) {
    return undefined;
  }
  if (previous.labels.some(isMark) || !canHold(seen, previous)) return undefined;
  return {
    way: 'roll-back',
    keys: dead.map(({ key }) => key),
    version: previous.versionId,
    finding: `${finding} What AWSPREVIOUS holds works.`,
    action: 'The last rotation is taken back: AWSCURRENT goes back to AWSPREVIOUS.',
    reasons: [],
  };
}

/** Only the label goes back: what somebody stored since cannot be gone from in any other way. */
export function putBack(
  seen: Seen,
  finding: string,
  about: readonly InspectedKey[],
): WayOut | undefined {
  const { previous, pending, keys, worth } = seen;
  if (!previous?.createdAt || previous.problem || isEnded(previous)) return undefined;
  if (pending?.createdAt || keys.some((key) => worth(key, previous) !== 'works')) return undefined;
  return {
    way: 'put-back',
    keys: about.map(({ key }) => key),
    version: previous.versionId,
    finding: `${finding} What AWSPREVIOUS holds works.`,
    action:
      'AWSCURRENT goes back to AWSPREVIOUS. What was stored since is not lost: AWSPREVIOUS is on it ' +
      'then, and what is worth keeping of it can be stored again.',
    reasons: [],
  };
}

/** Every key works there, or its system is switched to it from what is in force. */
const canHold = ({ keys, worth, current }: Seen, version: InspectedVersion): boolean =>
  keys.every(
    (key) => worth(key, version) === 'works' || (key.switches && worth(key, current) === 'works'),
  );

const isEnded = (version: InspectedVersion): boolean =>
  carries(labels.retiring)(version) || carries(labels.retired)(version);

const isOlder = (one: InspectedVersion, other: InspectedVersion): boolean => {
  const [first, second] = [one, other].map(({ createdAt }) => Date.parse(createdAt ?? ''));
  if (first === undefined || second === undefined) return false;
  return first < second || (first === second && !carries(labels.undone)(one));
};

const young =
  ' If it was begun in the last hour, Secrets Manager may still be working on it: then it fails, and ' +
  'does no harm.';

const orphan = (made: readonly InspectedKey[]) =>
  ` Whether a provider made a value that was never stored (${namesOf(made)}), nobody can tell from here; the ` +
  'next rotation finds it and ends it.';
