import { isAbandoned } from './abandoned-version.ts';
import { forEvery } from './for-every.ts';
import { commit } from './commit.ts';
import { heal } from './heal.ts';
import { currentRejected } from './rejections.ts';
import { isTrial } from './pending-version.ts';
import { pendingElsewhere } from './retire.ts';
import { isLeased } from './rollback-lease.ts';
import { note, onKey, probe, switchTo, type Rotation } from './rotation.ts';
import { credentialOf, sameCredential, type Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  readCurrent,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';

/**
 * Takes a rotation back after a permanent failure: in reverse, per key, switches back where the
 * current credential is no longer accepted, and revokes the pending one. Only when every key is
 * proven does AWSPENDING come off the version, so that the next rotation starts fresh. After the
 * commit point it does nothing. A pending version without a value is left for the next attempt.
 * Goes on to the other keys where one fails, and then throws. May run twice.
 */
export async function compensate(rotation: Rotation): Promise<void> {
  const { secret, token, plan } = rotation;
  const description = await secret.describe();
  if (!mayTakeBack(rotation, description)) return;
  const pending = await secret.read({ versionId: token });
  if (!pending) return;
  const current = await readCurrent(secret, description);
  if (isTrial({ pending, current })) return;

  const changed = plan.rotators.filter(
    (rotator) => !sameCredential(rotator, pending.document, current.document),
  );
  await forEvery(changed.toReversed(), (rotator) =>
    takeBack(rotation, rotator, { pending, current }),
  );
  await releaseLabel(rotation, description, current);
}

/**
 * Only what is pending, or was abandoned. A call that comes late may name a version that was
 * published since, or stand beside another rotation: both are for reconcile to judge. What a person
 * had taken back another step may yet publish: a lease says until when, and a later run ends it.
 */
function mayTakeBack({ token, clock }: Rotation, description: SecretDescription): boolean {
  const published = hasLabel(description, token, labels.current);
  const pending = hasLabel(description, token, labels.pending);
  const abandoned = isAbandoned(description, token) && !isLeased(description, token, clock.now());
  return !published && (pending || abandoned) && !pendingElsewhere(description, token);
}

async function takeBack(
  rotation: Rotation,
  rotator: Rotator,
  { pending, current }: { pending: SecretVersion; current: SecretVersion },
): Promise<void> {
  if (rotator.switch) await switchBack(rotation, rotator, { pending, current });
  await onKey(rotation, rotator, 'revoke', (call) =>
    rotator.revoke({
      ...call,
      victim: credentialOf(rotator, pending.document),
      keep: credentialOf(rotator, current.document),
      newer: 'victim',
    }),
  );
  if ((await probe(rotation, rotator, current.document)) === 'rejected') {
    throw currentRejected(rotator.key);
  }
}

/**
 * Switches even where the current credential is still accepted: a switch that was begun may yet
 * come into force, and only the rotator's own proof tells. Where the system refuses both, somebody
 * else changed it, and it is left as it is.
 */
async function switchBack(
  rotation: Rotation,
  rotator: Rotator,
  { pending, current }: { pending: SecretVersion; current: SecretVersion },
): Promise<void> {
  const refused = async ({ document }: SecretVersion) =>
    (await probe(rotation, rotator, document)) === 'rejected';
  if ((await refused(current)) && (await refused(pending))) throw currentRejected(rotator.key);
  await switchTo(rotation, rotator, { to: current.document, from: pending.document });
}

/**
 * Takes AWSPENDING off, then looks again: a commit of another call with this token may have come
 * in between. What it published is revoked by now, so AWSCURRENT goes back.
 */
async function releaseLabel(
  rotation: Rotation,
  description: SecretDescription,
  current: SecretVersion,
): Promise<void> {
  const { secret, token, journal, step } = rotation;
  const wasPending = hasLabel(description, token, labels.pending);
  if (wasPending) await secret.moveLabel({ label: labels.pending, from: token });
  const latest = await secret.describe();
  if (hasLabel(latest, token, labels.current)) {
    await commit(secret, { from: token, to: current.versionId });
    await heal(rotation, await secret.describe(), current);
  }
  if (wasPending) journal.record({ kind: 'taken-back', step });
  note(rotation, 'undone', 'The rotation was taken back; the next one starts fresh.');
}
