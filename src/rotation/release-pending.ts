import type { Change } from './book-recovery.ts';
import { compensate } from './compensate.ts';
import { rotationInProgress } from './retire.ts';
import type { Invocation } from './rotation.ts';
import { hasLabel, labels, versionWith, type SecretDescription } from './secret-store.ts';

/**
 * Takes AWSPENDING off before AWSCURRENT goes back. A rotation under way is taken back first, so
 * that no credential of it is left working; on a version that was published the label merely
 * stayed. Throws when that cannot be proven, with the label where it was. May run twice.
 */
export async function releasePending(
  invocation: Invocation,
  description: SecretDescription,
  { from, to }: Change,
): Promise<void> {
  const pending = versionWith(description, labels.pending);
  if (!pending) return;
  if (pending === from.versionId || pending === to.versionId)
    return takeOffPending(invocation, pending);

  const rotation = { ...invocation, token: pending };
  await compensate(rotation);
  // It leaves a version without a value alone. One that was stored since is abandoned by now.
  await takeOffPending(invocation, pending);
  await compensate(rotation);
}

/** Takes AWSPENDING off a version, whatever it holds. May run twice. Throws `ROTATION_IN_PROGRESS`. */
export async function takeOffPending({ secret }: Invocation, versionId: string): Promise<void> {
  const pending = versionWith(await secret.describe(), labels.pending);
  if (!pending) return;
  if (pending !== versionId) throw rotationInProgress();
  try {
    await secret.moveLabel({ label: labels.pending, from: versionId });
  } catch (error) {
    // The service may have cleaned up meanwhile, or only the answer was lost.
    if (hasLabel(await secret.describe(), versionId, labels.pending)) throw error;
  }
}
