import { isAbandoned } from './abandoned-version.ts';
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

interface Abandoned {
  readonly description: SecretDescription;
  readonly versionId: string;
  readonly current: SecretVersion;
}

/**
 * Revokes what only an abandoned version holds, and takes KEYTURN_MADE off it. May run twice. Throws
 * `ROTATION_IN_PROGRESS` where somebody may be about to make it current.
 */
export async function revokeAbandoned(
  invocation: Invocation,
  { description, versionId, current }: Abandoned,
): Promise<void> {
  const { secret, plan } = invocation;
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
