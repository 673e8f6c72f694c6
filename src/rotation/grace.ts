import { isCompromised } from './compromised.ts';
import { madeAfter } from './made-after.ts';
import type { Rotator } from './rotator.ts';
import type { SecretDescription, SecretVersion } from './secret-store.ts';

/** Rotators whose superseded credential lives on for a while, and must then be revoked. */
export const withGrace = (rotators: readonly Rotator[]) =>
  rotators.filter(({ graceMs }) => graceMs > 0);

/**
 * When this rotator's superseded credential is due. Counted from the later of the version's birth
 * and the last rotation the service recorded, since a version may be committed long after it was
 * made. A version that was taken back is due at once, and so is a value that is compromised.
 */
export function graceEnd(
  rotator: Rotator,
  description: SecretDescription,
  {
    current,
    superseded,
  }: {
    current: Pick<SecretVersion, 'createdAt'>;
    superseded: Pick<SecretVersion, 'versionId' | 'createdAt' | 'labels'>;
  },
): Date {
  const isTakenBack = madeAfter(description, superseded, current.createdAt);
  if (isTakenBack || isCompromised(rotator, superseded)) return new Date(0);
  const since = Math.max(current.createdAt.getTime(), description.lastRotatedAt?.getTime() ?? 0);
  return new Date(since + rotator.graceMs);
}
