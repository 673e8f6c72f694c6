import { afterTheSwitch, type Change } from './book-recovery.ts';
import { withGrace } from './grace.ts';
import { madeAfter } from './made-after.ts';
import { note, type Invocation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type SecretDescription,
  type SecretStore,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/** The version that the last change of AWSCURRENT took back; `undefined` after a rotation. */
export async function readUndone(
  secret: SecretStore,
  description: SecretDescription,
  current: SecretVersion,
): Promise<SecretVersion | undefined> {
  const versionId = versionWith(description, labels.undone);
  if (!versionId || !hasLabel(description, versionId, labels.previous)) return undefined;
  const version = await readIfObject(secret, { versionId });
  if (!version || version === 'no-object') return undefined;
  return madeAfter(description, version, current.createdAt) ? version : undefined;
}

/** Puts KEYTURN_UNDONE on a version, from the one that was undone before it. May run twice. */
export async function markUndone(
  { secret }: Invocation,
  description: SecretDescription,
  versionId: string,
): Promise<void> {
  const from = versionWith(description, labels.undone);
  if (from === versionId) return;
  try {
    await secret.moveLabel({ label: labels.undone, from, to: versionId });
  } catch (error) {
    // Beside another run of the same, or where only the answer was lost, it is there by now.
    if (!hasLabel(await secret.describe(), versionId, labels.undone)) throw error;
  }
}

/**
 * Books the run that revokes what a rollback leaves behind. It does nothing while AWSCURRENT has
 * not moved, so it is booked before that. May run twice.
 */
export async function bookEndOfUndone(
  invocation: Invocation,
  { from, to }: Change,
  switching: readonly Rotator[],
): Promise<void> {
  const { plan, bookings, secretId } = invocation;
  const revocable = withGrace(plan.rotators);
  if (revocable.every((rotator) => sameCredential(rotator, from.document, to.document))) return;
  await bookings.book({
    purpose: 'undone',
    versionId: from.versionId,
    at: afterTheSwitch(invocation, switching),
    event: {
      secret: secretId,
      current: to.versionId,
      superseded: from.versionId,
      keys: revocable.map(({ key }) => key),
    },
  });
  note(invocation, 'retirement-booked', 'A later run is booked that ends what was undone.');
}
