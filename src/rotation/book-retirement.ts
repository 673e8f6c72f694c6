import { soonestMs } from './book-recovery.ts';
import { isCompromised } from './compromised.ts';
import type { Versions } from './pending-version.ts';
import { note, type Rotation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import type { SecretVersion } from './secret-store.ts';

/**
 * Books the reconcile runs that retire the superseded version: one at the end of each grace there
 * is, naming every key whose grace has ended by then. What is compromised has no grace: its run
 * comes as soon as one can. May run twice.
 */
export async function bookRetirement(
  rotation: Rotation,
  { pending, current }: Versions,
): Promise<void> {
  const { plan, bookings, clock, secretId } = rotation;
  const owed = plan.rotators.filter(
    (rotator) =>
      rotator.graceMs > 0 && !sameCredential(rotator, pending.document, current.document),
  );
  const graceOf = (rotator: Rotator) => lengthOf(rotator, current);
  const graces = [...new Set(owed.map(graceOf))];

  for (const graceMs of graces) {
    const ended = owed.filter((rotator) => graceOf(rotator) <= graceMs);
    await bookings.book({
      purpose: `retire-${graceMs / 1000}s`,
      versionId: pending.versionId,
      at: new Date(clock.now().getTime() + graceMs),
      event: {
        secret: secretId,
        current: pending.versionId,
        superseded: current.versionId,
        keys: ended.map(({ key }) => key),
      },
    });
    note(rotation, 'retirement-booked', 'A later run is booked that ends superseded credentials.');
  }
}

const lengthOf = (rotator: Rotator, superseded: SecretVersion): number =>
  isCompromised(rotator, superseded) ? Math.min(rotator.graceMs, soonestMs) : rotator.graceMs;
