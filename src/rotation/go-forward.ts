import type { Change } from './book-recovery.ts';
import { commit } from './commit.ts';
import type { RotationError } from './errors.ts';
import { forEvery } from './for-every.ts';
import { rehearseChange } from './rehearse-change.ts';
import { note, switchTo, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import { labels, versionWith, type SecretDescription, type SecretVersion } from './secret-store.ts';
import { readUndone } from './undone-version.ts';

/**
 * Stops a rollback whose target is being retired: AWSCURRENT goes forward again to the version
 * that was undone, and so do the systems that hold one credential. May run twice.
 */
export async function goForward(
  invocation: Invocation,
  { from, to }: Change,
  switching: readonly Rotator[],
): Promise<void> {
  const { secret } = invocation;
  await commit(secret, { from: from.versionId, to: to.versionId });
  await forEvery(switching, (rotator) =>
    switchTo(invocation, rotator, { to: to.document, from: from.document }),
  );
  note(
    invocation,
    'rolled-forward',
    'The version to go back to was being retired: AWSCURRENT is where it was before the rollback.',
  );
  if (versionWith(await secret.describe(), labels.undone) !== to.versionId) return;
  await secret.moveLabel({ label: labels.undone, from: to.versionId });
}

interface Dead {
  readonly current: SecretVersion;
  /** Why it cannot be healed: thrown where going forward cannot be either. */
  readonly error: RotationError;
}

/** Goes forward to the version that was undone, since what AWSCURRENT went back to was retired. */
export async function goForwardFrom(
  invocation: Invocation,
  description: SecretDescription,
  { current, error }: Dead,
): Promise<void> {
  const undone = await readUndone(invocation.secret, description, current);
  if (!undone) throw error;

  const change = { from: current, to: undone };
  // What stands in the way of going forward is less to the point than why it was tried.
  const switching = await rehearseChange(invocation, change).catch(() => {
    throw error;
  });
  await goForward(invocation, change, switching);
}
