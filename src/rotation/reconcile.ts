import { endAbandoned } from './abandoned-version.ts';
import type { ReconcileEvent } from './bookings.ts';
import { graceEnd, withGrace } from './grace.ts';
import { healOrGoForward } from './go-forward.ts';
import { assertKeys } from './plan.ts';
import { retire } from './retire.ts';
import { note, type Invocation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import {
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readSuperseded } from './superseded-version.ts';

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
  await endAbandoned(invocation, description, current);
  const supersededId = event.superseded ?? versionWith(description, labels.previous);
  const superseded = await readSuperseded(invocation, description, supersededId);
  if (!superseded || superseded.versionId === current.versionId) {
    return note(invocation, 'nothing-owed', 'No superseded credential is owed its end.');
  }
  const due = await dueRotators(invocation, description, { event, current, superseded });
  if (due.length === 0) return note(invocation, 'not-due', 'The grace still runs.');
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

async function dueRotators(
  invocation: Invocation,
  description: SecretDescription,
  pair: Pair,
): Promise<readonly Rotator[]> {
  const candidates = withGrace(invocation.plan.rotators);
  const { keys } = pair.event;
  const due = keys
    ? candidates.filter(({ key }) => keys.includes(key))
    : candidates.filter(
        (rotator) => graceEnd(rotator, description, pair) <= invocation.clock.now(),
      );
  return stillPublished(invocation, pair, due);
}

/** A pair is acted on only as long as AWSCURRENT still carries the same credential for the key. */
async function stillPublished(
  { secret }: Invocation,
  { event, current }: Pair,
  due: readonly Rotator[],
): Promise<readonly Rotator[]> {
  if (!event.current || event.current === current.versionId) return due;
  const booked = await secret.read({ versionId: event.current });
  if (!booked) return [];
  return due.filter((rotator) => sameCredential(rotator, booked.document, current.document));
}
