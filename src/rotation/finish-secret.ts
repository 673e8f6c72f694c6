import { outOfTime, RotationError } from './errors.ts';
import { bookRetirement } from './book-retirement.ts';
import { commit } from './commit.ts';
import { readVersions, type Versions } from './pending-version.ts';
import { assertCarriedOver } from './plan.ts';
import { note, probe, switchTo, type Rotation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import { vote } from './test-secret.ts';
import { verifyCommitted } from './verify-committed.ts';

/** The soonest a recovery runs, in ms; the scheduler is precise to a minute. */
const soonestRecoveryMs = 120_000;

/** What label, proof and bookings take beside the switches, generously. */
const overheadMs = 10_000;

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
  const switching = slowestFirst(rotation.plan.rotators).filter(
    (rotator) =>
      rotator.switch &&
      !sameCredential(rotator, versions.pending.document, versions.current.document),
  );
  await switchAndCommit(rotation, versions, switching);
  await proveSwitched(rotation, versions, switching);
  await bookRetirement(rotation, versions);
}

async function switchAndCommit(
  rotation: Rotation,
  versions: Versions,
  switching: readonly Rotator[],
) {
  if (switching.length === 0) return commit(rotation, versions.current.versionId);

  assertTime(rotation, switching);
  await bookRecovery(rotation, versions, switching);
  const switchedAt = rotation.clock.now().getTime();
  for (const rotator of switching) {
    await switchTo(rotation, rotator, {
      to: versions.pending.document,
      from: versions.current.document,
    });
  }
  await commit(rotation, versions.current.versionId);
  rotation.journal.record({
    kind: 'switch-gap',
    step: rotation.step,
    keys: switching.map(({ key }) => key),
    durationMs: rotation.clock.now().getTime() - switchedAt,
  });
}

/** A healing run beside this one may have switched back before it saw the label move. */
async function proveSwitched(
  rotation: Rotation,
  { pending, current }: Versions,
  switched: readonly Rotator[],
) {
  for (const rotator of switched) {
    if ((await probe(rotation, rotator, pending.document)) !== 'rejected') continue;
    await switchTo(rotation, rotator, { to: pending.document, from: current.document });
    note(rotation, 'healed', 'Switched forward again after the label had moved.', rotator.key);
  }
}

/** Time for every switch, and for as many ways back. */
function assertTime({ remainingMs }: Rotation, switching: readonly Rotator[]): void {
  if (remainingMs() < 2 * budgetOf(switching) + overheadMs) throw outOfTime();
}

/** Late enough that the label has moved by then, if it moves at all: nobody switches back too soon. */
const recoveryDelay = (switching: readonly Rotator[]) =>
  Math.max(soonestRecoveryMs, budgetOf(switching) + overheadMs);

const budgetOf = (switching: readonly Rotator[]) =>
  switching.reduce((sum, { switchBudgetMs }) => sum + switchBudgetMs, 0);

async function bookRecovery(
  { bookings, clock, secretId, token, step }: Rotation,
  { current }: Versions,
  switching: readonly Rotator[],
): Promise<void> {
  const keys = switching.map(({ key }) => key);
  try {
    await bookings.book({
      purpose: 'recovery',
      versionId: token,
      at: new Date(clock.now().getTime() + recoveryDelay(switching)),
      event: { secret: secretId, current: current.versionId, keys },
    });
  } catch (error) {
    throw new RotationError(
      'CANNOT_BOOK',
      'The recovery that must stand ready before a switch could not be booked, so nothing was switched. ' +
        'It is tried again; if it keeps failing, look at the permissions on the schedule group.',
      { step, cause: error instanceof Error ? error : undefined },
    );
  }
}

const slowestFirst = (rotators: readonly Rotator[]) =>
  rotators.toSorted((one, other) => other.switchBudgetMs - one.switchBudgetMs);
