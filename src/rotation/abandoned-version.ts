import { forEvery } from './for-every.ts';
import { rotationInProgress } from './retire.ts';
import { isLeased, leasesOf, releaseLease } from './rollback-lease.ts';
import { note, onKey, type Invocation } from './rotation.ts';
import { credentialOf, sameCredential } from './rotator.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

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
  const { secret, plan } = invocation;
  const versionId = versionWith(description, labels.made);
  if (!versionId || !isAbandoned(description, versionId)) return;
  // A step of a rotation that was taken back may be about to publish it, until its lease ends.
  if (isLeased(description, versionId, invocation.clock.now())) throw rotationInProgress();

  const abandoned = await readIfObject(secret, { versionId });
  await assertStillAbandoned(invocation, { versionId, current });
  if (abandoned && abandoned !== 'no-object') {
    const kept = await publishedVersions(invocation, description, current);
    const changed = plan.rotators.filter((rotator) =>
      kept.every(({ document }) => !sameCredential(rotator, abandoned.document, document)),
    );
    await forEvery(changed, (rotator) =>
      onKey(invocation, rotator, 'revoke', (call) =>
        rotator.revoke({
          ...call,
          victim: credentialOf(rotator, abandoned.document),
          keep: credentialOf(rotator, current.document),
          // It was made from the current one, or from one before it that is no longer published.
          newer: 'victim',
        }),
      ),
    );
  }
  await secret.moveLabel({ label: labels.made, from: versionId });
  for (const lease of leasesOf(description, versionId)) {
    await releaseLease(invocation, lease, versionId);
  }
  note(invocation, 'undone', 'What an abandoned rotation had made no longer works.');
}

/** Somebody may be about to make it current, or have done so. */
async function assertStillAbandoned(
  { secret, clock }: Invocation,
  { versionId, current }: { readonly versionId: string; readonly current: SecretVersion },
): Promise<void> {
  const latest = await secret.describe();
  const moved = !hasLabel(latest, current.versionId, labels.current);
  const returning = isLeased(latest, current.versionId, clock.now());
  if (moved || returning || !isAbandoned(latest, versionId)) throw rotationInProgress();
}

async function publishedVersions(
  { secret }: Invocation,
  description: SecretDescription,
  current: SecretVersion,
): Promise<readonly SecretVersion[]> {
  const versionId = versionWith(description, labels.previous);
  const previous = versionId && (await readIfObject(secret, { versionId }));
  return previous && previous !== 'no-object' ? [current, previous] : [current];
}
