import type { Change } from './book-recovery.ts';
import { commit } from './commit.ts';
import { pendingRejected } from './rejections.ts';
import { note, probe, switchTo, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';

/**
 * Switches the systems that hold one credential, and at once moves AWSCURRENT. In between the
 * published credential does not work: the switch gap, whose length in ms it records and answers;
 * 0 where nothing is switched. The recovery must be booked by then. May run twice.
 */
export async function switchAndCommit(
  invocation: Invocation,
  { from, to }: Change,
  switching: readonly Rotator[],
): Promise<number> {
  const { clock, journal, secret, step } = invocation;
  const move = { from: from.versionId, to: to.versionId };
  const begunAt = clock.now().getTime();
  let changedAt: number | undefined;
  const changing = () => void (changedAt ??= clock.now().getTime());
  for (const rotator of switching) {
    await switchTo(invocation, rotator, { to: to.document, from: from.document, changing });
  }
  await commit(secret, move);
  if (switching.length === 0) return 0;

  const durationMs = clock.now().getTime() - (changedAt ?? begunAt);
  journal.record({
    kind: 'switch-gap',
    step,
    keys: switching.map(({ key }) => key),
    durationMs,
  });
  return durationMs;
}

/** A healing run beside this one may have switched back before it saw the label move. */
export async function proveSwitched(
  invocation: Invocation,
  { from, to }: Change,
  switched: readonly Rotator[],
): Promise<void> {
  for (const rotator of switched) {
    if ((await probe(invocation, rotator, to.document)) !== 'rejected') continue;
    await switchTo(invocation, rotator, { to: to.document, from: from.document });
    note(invocation, 'healed', 'Switched again after the label had moved.', rotator.key);
  }
}

/**
 * A permanent failure of another call with the same token may have taken the rotation back just
 * before the label moved. Then a published credential is dead, and AWSCURRENT goes back to where
 * everything works. Throws `PENDING_REJECTED`.
 */
export async function provePublished(
  invocation: Invocation,
  { from, to }: Change,
  beside: readonly Rotator[],
): Promise<void> {
  for (const rotator of beside) {
    if ((await probe(invocation, rotator, to.document)) !== 'rejected') continue;
    await commit(invocation.secret, { from: to.versionId, to: from.versionId });
    throw pendingRejected(rotator.key);
  }
}

/** The order to switch in, so that the gap of the quick ones is short. */
export const slowestFirst = (rotators: readonly Rotator[]) =>
  rotators.toSorted((one, other) => other.switchBudgetMs - one.switchBudgetMs);
