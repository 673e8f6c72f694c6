import { assertStillPending, isTrial, readVersions, type Versions } from './pending-version.ts';
import { assertKeys } from './plan.ts';
import { currentRejected, pendingRejected } from './rejections.ts';
import { check, note, onKey, probe, type Rotation } from './rotation.ts';
import { credentialOf, sameCredential, type Rotator } from './rotator.ts';
import { verifyCommitted } from './verify-committed.ts';

/**
 * The vote: every new credential is accepted by the real system, or its switch rehearsed. Changes
 * nothing. Secrets Manager also runs it alone, on a copy of the current value, to try a set-up
 * ("rotate immediately" off); it then passes exactly when the set-up is healthy.
 */
export async function testSecret(rotation: Rotation): Promise<void> {
  const versions = await readVersions(rotation);
  if (versions === 'already-current') return verifyCommitted(rotation);
  await vote(rotation, versions);
  if (!isTrial(versions)) return;
  for (const rotator of rotation.plan.rotators) {
    await check(rotation, rotator, versions.current.document);
  }
}

/** Throws unless every credential of the pending version could be published now. */
export async function vote(rotation: Rotation, { pending, current }: Versions): Promise<void> {
  assertKeys(rotation.plan, pending.document);
  for (const rotator of rotation.plan.rotators) {
    const unchanged = sameCredential(rotator, pending.document, current.document);
    if (rotator.switch && !unchanged) await rehearse(rotation, rotator, { pending, current });
    else await assertAccepted(rotation, rotator, { pending, current });
  }
}

const rehearse = (rotation: Rotation, rotator: Rotator, { pending, current }: Versions) =>
  onKey(rotation, rotator, 'install', (call) =>
    rotator.install({
      ...call,
      next: credentialOf(rotator, pending.document),
      current: credentialOf(rotator, current.document),
      stillPending: () => assertStillPending(rotation),
    }),
  );

async function assertAccepted(
  rotation: Rotation,
  rotator: Rotator,
  { pending, current }: Versions,
) {
  const { key } = rotator;
  const verdict = await probe(rotation, rotator, pending.document);
  if (verdict === 'accepted') return;
  if (verdict === 'unknown') {
    return note(rotation, 'unverifiable', 'This system cannot be asked from here.', key);
  }
  throw sameCredential(rotator, pending.document, current.document)
    ? currentRejected(key)
    : pendingRejected(key);
}
