import { isAbandoned } from './abandoned-version.ts';
import { commit } from './commit.ts';
import { RotationError } from './errors.ts';
import { isRetired } from './go-forward.ts';
import { foreignChange } from './plan.ts';
import { releaseLease, takeLease } from './rollback-lease.ts';
import { note, probe, type Invocation } from './rotation.ts';
import {
  hasLabel,
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { assertNotCompromised, readPrevious } from './previous-version.ts';
import { readIfObject } from './superseded-version.ts';
import { markUndone } from './undone-version.ts';

/**
 * Moves AWSCURRENT back to AWSPREVIOUS, whatever AWSCURRENT holds, or to what a rotation made that was
 * abandoned: somebody stored what does not work. Every credential there must be accepted, so that no
 * system is switched, and none marked as compromised. A compare-and-swap, under the lease of a
 * rollback. May run twice. Throws `ROLLBACK_REFUSED`.
 */
export async function putBack(
  invocation: Invocation,
  { version: to = '' }: { readonly version?: string | undefined },
): Promise<void> {
  const { secret } = invocation;
  const from = versionWith(await secret.describe(), labels.current);
  if (!from) throw moved();
  const lease = await takeLease(invocation, from);
  try {
    const description = await secret.describe();
    const target = await readTarget(invocation, description, to);
    assertUndisturbed(description, { from, to });
    await assertAccepted(invocation, target);
    await markUndone(invocation, description, from);
    await commit(secret, { from, to });
  } finally {
    await releaseLease(invocation, lease, from);
  }
  note(invocation, 'rolled-back', 'AWSCURRENT is on a version that works.');
}

async function readTarget(
  { secret, plan }: Invocation,
  description: SecretDescription,
  to: string,
): Promise<SecretVersion> {
  if (!isAbandoned(description, to)) {
    const previous = await readPrevious(secret, description);
    if (previous.versionId !== to) throw moved();
    assertNotCompromised(plan, previous, labels.previous);
    return previous;
  }
  const made = await readIfObject(secret, { versionId: to, label: labels.made });
  if (!made || made === 'no-object') throw moved();
  const current = await readCurrent(secret, description);
  if (foreignChange(plan, made.document, current.document) !== undefined) throw moved();
  assertNotCompromised(plan, made, labels.made);
  return made;
}

async function assertAccepted(invocation: Invocation, { document }: SecretVersion): Promise<void> {
  for (const rotator of invocation.plan.rotators) {
    if ((await probe(invocation, rotator, document)) === 'rejected') throw refused(rotator.key);
  }
}

/** A rotation that stored a value is between the two; a claim says that the target is being ended. */
function assertUndisturbed(
  description: SecretDescription,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  if (!hasLabel(description, from, labels.current) || isRetired(description, to)) throw moved();
}

const moved = () =>
  new RotationError(
    'CURRENT_CHANGED',
    'The labels of the secret moved while it was being repaired, and nothing was changed. Look at it again.',
  );

const refused = (key: string) =>
  new RotationError(
    'ROLLBACK_REFUSED',
    `The system behind ${key} does not accept the credential that AWSCURRENT was to go to any more. Nothing was changed. ` +
      'Look at the secret again.',
    { key },
  );
