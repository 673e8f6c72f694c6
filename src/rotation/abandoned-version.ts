import { rotationInProgress } from './retire.ts';
import { isLeased } from './rollback-lease.ts';
import type { Invocation } from './rotation.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';

/**
 * Whether this version was made by a rotation that somebody else's change abandoned: it is the
 * last that a rotation made, and neither current, previous nor pending.
 */
export function isAbandoned(description: SecretDescription, versionId: string): boolean {
  const { current, previous, pending, made } = labels;
  return (
    hasLabel(description, versionId, made) &&
    ![current, previous, pending].some((label) => hasLabel(description, versionId, label))
  );
}

/**
 * Revokes what a rotation left working that was abandoned, or taken back. Nobody is told of an
 * abandoned rotation, and its version would be forgotten: KEYTURN_MADE keeps it listed, and comes
 * off here. May run twice.
 * Throws `ROTATION_IN_PROGRESS` while a lease is on it.
 */
export async function endAbandoned(
  invocation: Invocation,
  description: SecretDescription,
  current: SecretVersion,
): Promise<void> {
  const versionId = versionWith(description, labels.made);
  if (!versionId || !isAbandoned(description, versionId)) return;
  // A step of a rotation that was taken back may be about to publish it, until its lease ends.
  if (isLeased(description, versionId, invocation.clock.now())) throw rotationInProgress();

  // Loaded where there is one: a function starts the sooner without it.
  const { revokeAbandoned } = await import('./revoke-abandoned.ts');
  await revokeAbandoned(invocation, { description, versionId, current });
}
