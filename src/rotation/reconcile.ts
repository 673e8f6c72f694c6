import { endAbandoned } from './abandoned-version.ts';
import type { ReconcileEvent } from './bookings.ts';
import { carryMarks } from './carry-marks.ts';
import { graceEnd, withGrace } from './grace.ts';
import { healOrGoForward } from './heal-or-go-forward.ts';
import { assertKeys } from './plan.ts';
import { retire } from './retire.ts';
import { releaseEnded } from './rollback-lease.ts';
import { note, type Invocation } from './rotation.ts';
import { sameValues, type Rotator } from './rotator.ts';
import {
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject, readSuperseded } from './superseded-version.ts';

/**
 * Looks at the labels and at the systems, and brings the systems to what the labels say: the
 * credentials under AWSCURRENT work, those superseded stop working when their grace is over.
 * Revokes nothing while a rotation is under way. Harmless twice, late, or beside a rotation.
 */
export async function reconcile(invocation: Invocation, event: ReconcileEvent): Promise<void> {
  const { secret } = invocation;
  const description = await secret.describe();
  const current = await readCurrent(secret, description);
  assertKeys(invocation.plan, current.document);
  const begun = begunSwitch(event, current);
  const healed = await healOrGoForward(invocation, description, { current, begun });
  if (healed === 'went-forward') return;

  if (isRecovery(event)) return;
  await releaseEnded(invocation, description);
  await endAbandoned(invocation, description, current);
  await carryMarks(invocation, description, current);
  const supersededId = event.superseded ?? versionWith(description, labels.previous);
  const superseded = await readSuperseded(invocation, description, supersededId);
  if (!superseded || superseded.versionId === current.versionId) {
    return note(invocation, 'nothing-owed', 'No superseded credential is owed its end.');
  }
  const pair = { event, current, superseded };
  const ended = endedGraces(invocation, description, pair);
  if (ended.length === 0) return note(invocation, 'not-due', 'The grace still runs.');
  const due = await stillPublished(invocation, pair, ended);
  if (due.length === 0) return;
  await retire(invocation, description, { current, superseded, due });
}

/** Booked before a switch, to end its gap whatever becomes of the rotation. */
const isRecovery = ({ superseded, keys }: ReconcileEvent) => keys !== undefined && !superseded;

const begunSwitch = (event: ReconcileEvent, { versionId }: SecretVersion) =>
  isRecovery(event) && event.keys
    ? { keys: event.keys, uncommitted: event.current === versionId }
    : undefined;

interface Pair {
  readonly event: ReconcileEvent;
  readonly current: SecretVersion;
  readonly superseded: SecretVersion;
}

/** The rotators whose superseded credential is due: those of the event, or by the clock. */
function endedGraces(
  { plan, clock }: Invocation,
  description: SecretDescription,
  pair: Pair,
): readonly Rotator[] {
  const { keys } = pair.event;
  return withGrace(plan.rotators).filter((rotator) =>
    keys ? keys.includes(rotator.key) : graceEnd(rotator, description, pair) <= clock.now(),
  );
}

/**
 * A pair is acted on only as long as AWSCURRENT still carries the same credential for the key. What
 * stands beside it, such as a host's name, may have changed: a revocation looks at that itself.
 */
async function stillPublished(
  invocation: Invocation,
  { event, current }: Pair,
  ended: readonly Rotator[],
): Promise<readonly Rotator[]> {
  if (!event.current || event.current === current.versionId) return ended;
  const booked = await readIfObject(invocation.secret, { versionId: event.current });
  const isPublished = (rotator: Rotator) =>
    booked !== undefined &&
    booked !== 'no-object' &&
    sameValues(rotator, booked.document, current.document);
  for (const { key } of ended.filter((rotator) => !isPublished(rotator))) {
    note(invocation, 'not-known', leftAlone, key);
  }
  return ended.filter(isPublished);
}

const leftAlone =
  'The credential that this run was booked with is not known to be published still, so what it ' +
  'superseded is left as it is.';
