import { assertStillPending, readVersions } from './pending-version.ts';
import { onKey, type Rotation } from './rotation.ts';
import { credentialOf, sameCredential } from './rotator.ts';
import { verifyCommitted } from './verify-committed.ts';

/**
 * Prepare, second half: where a system can hold two credentials the new one works beside the old
 * when this returns; where it cannot, the switch has been rehearsed. May run twice.
 */
export async function setSecret(rotation: Rotation): Promise<void> {
  const versions = await readVersions(rotation);
  if (versions === 'already-current') return verifyCommitted(rotation);

  const next = versions.pending.document;
  const current = versions.current.document;
  for (const rotator of rotation.plan.rotators) {
    if (sameCredential(rotator, next, current)) continue;
    await onKey(rotation, rotator, 'install', (call) =>
      rotator.install({
        ...call,
        next: credentialOf(rotator, next),
        current: credentialOf(rotator, current),
        stillPending: () => assertStillPending(rotation),
      }),
    );
  }
}
