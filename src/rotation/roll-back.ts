import { assertTime, bookRecovery, type Change } from './book-recovery.ts';
import { RotationError } from './errors.ts';
import { followCurrent } from './follow-current.ts';
import { healOrGoForward, isRetired } from './heal-or-go-forward.ts';
import { madeAfter } from './made-after.ts';
import { assertUnmarked, assertUsable, readPrevious } from './previous-version.ts';
import { rehearseChange } from './rehearse-change.ts';
import { releasePending } from './release-pending.ts';
import { releaseLease, takeLease } from './rollback-lease.ts';
import { note, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import { hasLabel, labels, readCurrent, type SecretDescription } from './secret-store.ts';
import { proveSwitched, switchAndCommit } from './switch-and-commit.ts';
import { bookEndOfUndone, markUndone } from './undone-version.ts';

/** What became of a rollback. Version ids, no values. */
export interface RollbackResult {
  readonly outcome: 'rolled-back' | 'already-rolled-back';
  /** The version that was undone. */
  readonly from: string;
  /** The version that is current. */
  readonly to: string;
  /** How long the published credential did not work, in ms; 0 where nothing was switched. */
  readonly switchGapMs: number;
}

/**
 * Takes the last rotation back: the same commit, with AWSPREVIOUS as its target. What it undoes is
 * revoked by a run that is booked. Throws `ROLLBACK_REFUSED`, with nothing changed, where going
 * back would publish a credential that does not work, or take back what somebody stored since. May
 * run twice, or again after a crash: what is rolled back already is finished, and never flipped
 * forward.
 */
export async function rollBack(invocation: Invocation): Promise<RollbackResult> {
  const { secret } = invocation;
  const description = await secret.describe();
  const current = await readCurrent(secret, description);
  const previous = await readPrevious(secret, description);
  if (madeAfter(description, previous, current.createdAt)) {
    return finish(invocation, description, { from: previous, to: current });
  }

  const change = { from: current, to: previous };
  assertUsable(invocation, description, change);
  const switching = await refusing(() => rehearseChange(invocation, change));
  await refusing(() => releasePending(invocation, description, change));
  const switchGapMs = await goBack(invocation, change, switching);
  await lookAgain(invocation, change, switching);
  note(invocation, 'rolled-back', 'AWSCURRENT is back on the version before.');
  return { ...resultOf(change), outcome: 'rolled-back', switchGapMs };
}

/**
 * Everything that must not be forgotten stands before the commit, so that a crash loses nothing.
 * The lease stands before the labels are looked at: the end of a grace, which claims before it
 * looks, sees it.
 */
async function goBack(
  invocation: Invocation,
  change: Change,
  switching: readonly Rotator[],
): Promise<number> {
  assertTime(invocation, switching);
  await bookRecovery(invocation, change, switching);
  await bookEndOfUndone(invocation, change, switching);
  const lease = await takeLease(invocation, change.from.versionId);
  try {
    await markUndone(
      invocation,
      await assertUndisturbed(invocation, change),
      change.from.versionId,
    );
    return await switchNow(invocation, change, switching);
  } finally {
    await releaseLease(invocation, lease, change.from.versionId);
  }
}

/** Nobody calls again by himself, so a gap that stays is ended here; else by the recovery. */
async function switchNow(
  invocation: Invocation,
  change: Change,
  switching: readonly Rotator[],
): Promise<number> {
  try {
    return await switchAndCommit(invocation, change, switching);
  } catch (error) {
    await followCurrent(invocation, change, switching);
    throw error;
  }
}

/** Labels are read as they were a moment ago: the end of a grace may be seen only now. */
async function lookAgain(
  invocation: Invocation,
  change: Change,
  switching: readonly Rotator[],
): Promise<void> {
  const latest = await invocation.secret.describe();
  const { from, to } = change;
  const [published, restored] = [from, to].map(({ versionId }) =>
    hasLabel(latest, versionId, labels.current),
  );
  if (isRetired(latest, to.versionId) && (published || restored)) {
    const { goForward } = await import('./go-forward.ts');
    await goForward(invocation, { from: to, to: from }, switching);
    throw overtaken();
  }
  if (!restored) {
    await followCurrent(invocation, change, switching);
    throw moved();
  }
  await proveSwitched(invocation, change, switching);
}

/** The label has moved already: brings the rest to its end, whatever an earlier call left undone. */
async function finish(
  invocation: Invocation,
  description: SecretDescription,
  change: Change,
): Promise<RollbackResult> {
  const { from, to } = change;
  if (hasLabel(description, from.versionId, labels.pending)) {
    await releasePending(invocation, description, change);
  }
  await markUndone(invocation, description, from.versionId);
  const marked = await invocation.secret.describe();
  const healed = await healOrGoForward(invocation, marked, { current: to });
  if (healed === 'went-forward') throw overtaken();
  if (!hasLabel(marked, from.versionId, labels.retired)) {
    await bookEndOfUndone(invocation, change, []);
  }
  note(invocation, 'already-rolled-back', 'AWSCURRENT is on the version before already.');
  return { ...resultOf(change), outcome: 'already-rolled-back', switchGapMs: 0 };
}

/**
 * Throws when the two versions do not carry their labels any more, the target is claimed, or either
 * was marked as compromised meanwhile: whoever marks looks for the lease after that.
 */
async function assertUndisturbed(
  { secret, plan }: Invocation,
  { from, to }: Change,
): Promise<SecretDescription> {
  const latest = await secret.describe();
  const ours =
    hasLabel(latest, from.versionId, labels.current) &&
    hasLabel(latest, to.versionId, labels.previous);
  if (!ours) throw moved();
  if (isRetired(latest, to.versionId)) throw overtaken();
  assertUnmarked(plan, latest, { from, to });
  return latest;
}

/** What a person must mend first refuses the rollback; what passes is thrown as it is. */
async function refusing<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RotationError) || error.retryable) throw error;
    if (error.code === 'ROLLBACK_REFUSED') throw error;
    throw new RotationError(
      'ROLLBACK_REFUSED',
      `AWSCURRENT stays where it is (${error.code}${error.key ? ` on ${error.key}` : ''}). ${error.message}`,
      { key: error.key, cause: error },
    );
  }
}

const resultOf = ({ from, to }: Change) => ({ from: from.versionId, to: to.versionId });

const overtaken = () =>
  new RotationError(
    'ROLLBACK_REFUSED',
    'The credentials under AWSPREVIOUS are being ended: their grace was over. AWSCURRENT is where it ' +
      'was. Rotate instead.',
  );

const moved = () =>
  new RotationError(
    'CURRENT_CHANGED',
    'AWSCURRENT was moved by somebody else while this rolled back, and counts. Look at the labels of ' +
      'the secret, and roll back again if that is still wanted.',
  );
