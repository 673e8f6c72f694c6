import { RotationError } from './errors.ts';
import { madeAfter } from './made-after.ts';
import { isLeased } from './rollback-lease.ts';
import { note, onKey, type Invocation } from './rotation.ts';
import { credentialOf, sameCredential, type Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type Label,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/** Credentials of a superseded version that must stop working. */
export interface Debt {
  readonly current: SecretVersion;
  readonly superseded: SecretVersion;
  /** The rotators whose grace is over. */
  readonly due: readonly Rotator[];
  /** The version this invocation itself is making, whose AWSPENDING does not stand in the way. */
  readonly own?: string | undefined;
}

/**
 * Revokes the superseded credentials that are due. First it claims the version with
 * KEYTURN_RETIRING and reads the labels again; a rollback leases the current one with a label
 * and reads them then: the second of the two sees the first and stops. KEYTURN_RETIRED is the
 * receipt when nothing is owed any more. Throws `ROTATION_IN_PROGRESS` when the labels moved, or a
 * rollback has begun. May run twice.
 */
export async function retire(
  invocation: Invocation,
  description: SecretDescription,
  debt: Debt,
): Promise<void> {
  const { versionId } = debt.superseded;
  if (await rotationUnderWay(invocation, description, debt.own)) throw rotationInProgress();
  const claimed = await put(invocation, description, labels.retiring, versionId);
  const latest = await invocation.secret.describe();
  if (claimed === 'set') await withdrawIfPublished(invocation, latest, versionId);
  await assertUndisturbed(invocation, latest, debt);

  const previous = await otherPrevious(invocation, latest, debt);
  for (const rotator of debt.due) await revoke(invocation, rotator, { ...debt, previous, latest });
  if (!coversAll(invocation, debt)) return;
  await put(invocation, latest, labels.retired, versionId);
  note(invocation, 'retired', 'The superseded credentials no longer work anywhere.');
}

/** Whether another rotation is under way: AWSPENDING on a version neither current nor our own. */
export function pendingElsewhere(description: SecretDescription, own?: string): boolean {
  const pending = versionWith(description, labels.pending);
  return (
    pending !== undefined && pending !== own && !hasLabel(description, pending, labels.current)
  );
}

export const rotationInProgress = () =>
  new RotationError(
    'ROTATION_IN_PROGRESS',
    'The labels of the secret are moving: a rotation or an undo is under way, and nothing is revoked ' +
      'beside it. It is tried again by itself.',
  );

/** AWSPREVIOUS where that is not the superseded version itself: the credential to keep may be in it. */
async function otherPrevious(
  { secret }: Invocation,
  latest: SecretDescription,
  { superseded }: Debt,
): Promise<SecretVersion | undefined> {
  const versionId = versionWith(latest, labels.previous);
  if (!versionId || versionId === superseded.versionId) return undefined;
  const previous = await readIfObject(secret, { versionId });
  return previous === 'no-object' ? undefined : previous;
}

/** The labels after the claim, and AWSPREVIOUS where it is another version. */
interface Around {
  readonly latest: SecretDescription;
  readonly previous: SecretVersion | undefined;
}

async function revoke(
  invocation: Invocation,
  rotator: Rotator,
  { superseded, current, previous, latest }: Debt & Around,
): Promise<void> {
  if (sameCredential(rotator, superseded.document, current.document)) return;
  await onKey(invocation, rotator, 'revoke', (call) =>
    rotator.revoke({
      ...call,
      victim: credentialOf(rotator, superseded.document),
      keep: credentialOf(rotator, current.document),
      newer: newerOf(rotator, { superseded, current, previous, latest }),
    }),
  );
}

/** A value that somebody stored by hand is young, and the credentials in it are not. */
function newerOf(rotator: Rotator, debt: Omit<Debt, 'due'> & Around): 'victim' | 'keep' {
  const { superseded, current, previous, latest } = debt;
  if (hasLabel(latest, superseded.versionId, labels.made)) return 'victim';
  if (hasLabel(latest, current.versionId, labels.made)) return 'keep';
  const kept = previous && sameCredential(rotator, previous.document, current.document);
  const keptSince = kept ? previous.createdAt : current.createdAt;
  return madeAfter(latest, superseded, keptSince) ? 'victim' : 'keep';
}

/** An undo was faster. A claim of another run stays: that one may be revoking by now. */
async function withdrawIfPublished(
  { secret }: Invocation,
  latest: SecretDescription,
  versionId: string,
): Promise<void> {
  if (!hasLabel(latest, versionId, labels.current)) return;
  await secret.moveLabel({ label: labels.retiring, from: versionId });
}

async function assertUndisturbed(
  invocation: Invocation,
  latest: SecretDescription,
  { current, superseded, own }: Debt,
): Promise<void> {
  const now = invocation.clock.now();
  const moved = !hasLabel(latest, current.versionId, labels.current);
  const rollingBack = isLeased(latest, current.versionId, now);
  // AWSCURRENT may come back to it yet; what a rollback left is never gone back to.
  const undone = hasLabel(latest, superseded.versionId, labels.undone);
  const returning = !undone && isLeased(latest, superseded.versionId, now);
  if (moved || rollingBack || returning) throw rotationInProgress();
  if (await rotationUnderWay(invocation, latest, own)) throw rotationInProgress();
}

/** A rotation that stored nothing yet, or never could, has nothing that a revocation could harm. */
export async function rotationUnderWay(
  { secret }: Invocation,
  description: SecretDescription,
  own: string | undefined,
): Promise<boolean> {
  const versionId = versionWith(description, labels.pending);
  if (!versionId || !pendingElsewhere(description, own)) return false;
  return (await readIfObject(secret, { versionId, label: labels.pending })) !== undefined;
}

const coversAll = ({ plan }: Invocation, { due }: Debt) =>
  plan.rotators.every((rotator) => rotator.graceMs === 0 || due.includes(rotator));

/** Beside another run of the same the label may be there by now: then this one's refusal is fine. */
async function put(
  { secret }: Invocation,
  description: SecretDescription,
  label: Label,
  versionId: string,
): Promise<'set' | 'there already'> {
  const from = versionWith(description, label);
  if (from === versionId) return 'there already';
  try {
    await secret.moveLabel({ label, from, to: versionId });
    return 'set';
  } catch (error) {
    if (!hasLabel(await secret.describe(), versionId, label)) throw error;
    return 'there already';
  }
}
