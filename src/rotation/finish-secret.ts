import { assertTime, bookRecovery } from './book-recovery.ts';
import { bookRetirement } from './book-retirement.ts';
import { readVersions } from './pending-version.ts';
import { assertCarriedOver } from './plan.ts';
import type { Rotation } from './rotation.ts';
import { sameCredential } from './rotator.ts';
import {
  provePublished,
  proveSwitched,
  slowestFirst,
  switchAndCommit,
} from './switch-and-commit.ts';
import { vote } from './test-secret.ts';
import type { SecretVersion } from './secret-store.ts';
import { verifyCommitted } from './verify-committed.ts';

/**
 * Commit: votes once more, switches the systems that hold one credential, and at once moves
 * AWSCURRENT to the token. From a switch to that move the published credential does not work:
 * the switch gap, which is measured. May run twice.
 */
export async function finishSecret(rotation: Rotation): Promise<void> {
  const versions = await readVersions(rotation);
  if (versions === 'already-current') return verifyCommitted(rotation);

  assertCarriedOver(rotation.plan, versions.pending.document, versions.current.document);
  await vote(rotation, versions);
  const changed = slowestFirst(rotation.plan.rotators).filter(
    (rotator) => !sameCredential(rotator, versions.pending.document, versions.current.document),
  );
  const switching = changed.filter((rotator) => rotator.switch !== undefined);
  const beside = changed.filter((rotator) => rotator.switch === undefined);
  const change = { from: versions.current, to: versions.pending };
  assertTime(rotation, switching);
  await bookRecovery(rotation, change, switching);
  await switchAndCommit(rotation, change, switching);
  recordCommit(rotation, versions.pending);
  await provePublished(rotation, change, beside);
  await proveSwitched(rotation, change, switching);
  await bookRetirement(rotation, versions);
}

/** The clock of the service, which made the version, may be ahead of ours. */
function recordCommit({ journal, clock, step }: Rotation, { createdAt }: SecretVersion): void {
  const durationMs = Math.max(0, clock.now().getTime() - createdAt.getTime());
  journal.record({ kind: 'committed', step, durationMs });
}
