import { graceEnd, withGrace } from './grace.ts';
import { isOverdue } from './overdue.ts';
import { note, type Invocation } from './rotation.ts';
import { hasLabel, labels, versionWith, type SecretDescription } from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/**
 * Reports how the secret stands before the work and after it, whatever becomes of the work: what
 * was seen before counts where the time runs out. Its own failures are reported, never thrown.
 */
export async function reportingState<R>(
  invocation: Invocation,
  work: () => Promise<R>,
): Promise<R> {
  await reportState(invocation);
  try {
    return await work();
  } finally {
    await reportState(invocation);
  }
}

async function reportState(invocation: Invocation): Promise<void> {
  const { secret, clock, journal, step } = invocation;
  const description = await ifReadable(secret.describe());
  if (!description) {
    return note(invocation, 'state-unknown', 'How the secret stands could not be read.');
  }
  const madeAt = await ifReadable(currentCreatedAt(invocation, description));
  journal.record({
    kind: 'state',
    step,
    rotationEnabled: description.rotationEnabled,
    rotationOverdue: isOverdue(description, clock.now()),
    currentAgeMs: madeAt && Math.max(0, clock.now().getTime() - madeAt.getTime()),
    retirementOwed: madeAt && (await ifReadable(isRetirementOwed(invocation, description, madeAt))),
  });
}

function currentCreatedAt({ secret }: Invocation, description: SecretDescription) {
  const versionId = versionWith(description, labels.current);
  return versionId ? secret.createdAt({ versionId, label: labels.current }) : undefined;
}

async function isRetirementOwed(
  { secret, plan, clock }: Invocation,
  description: SecretDescription,
  createdAt: Date,
): Promise<boolean> {
  const graced = withGrace(plan.rotators);
  const versionId = versionWith(description, labels.previous);
  if (graced.length === 0 || !versionId) return false;
  if (hasLabel(description, versionId, labels.retired)) return false;
  const superseded = await readIfObject(secret, { versionId });
  if (!superseded || superseded === 'no-object') return false;

  const pair = { current: { createdAt }, superseded };
  return graced.every((rotator) => graceEnd(rotator, description, pair) <= clock.now());
}

/** Watching must not fail what it watches: whatever the error, what it hid is left out. */
async function ifReadable<T>(reading: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await reading;
  } catch {
    return undefined;
  }
}
