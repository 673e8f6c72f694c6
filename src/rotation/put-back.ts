import { isAbandoned } from './abandoned-version.ts';
import { commit } from './commit.ts';
import { RotationError } from './errors.ts';
import { isRetired } from './heal-or-go-forward.ts';
import { foreignChange } from './plan.ts';
import { assertNotCompromised, readPrevious } from './previous-version.ts';
import { rotationUnderWay } from './retire.ts';
import { releaseLease, takeLease } from './rollback-lease.ts';
import { note, probe, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';
import { markUndone } from './undone-version.ts';

/**
 * Moves AWSCURRENT back to AWSPREVIOUS, whatever AWSCURRENT holds, or to what a rotation made that was
 * abandoned: somebody stored what does not work. No system is switched, so every credential there must
 * be accepted (or, where nobody can ask its system, be no other than AWSCURRENT says, if that says
 * any), and none marked as compromised. A compare-and-swap, under the lease of a
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
    await assertUndisturbed(invocation, description, { from, to });
    await assertAccepted(invocation, description, target);
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

async function assertAccepted(
  invocation: Invocation,
  description: SecretDescription,
  target: SecretVersion,
): Promise<void> {
  const { secret, plan } = invocation;
  const versionId = versionWith(description, labels.current);
  const stored = versionId && (await readIfObject(secret, { versionId }));
  for (const rotator of plan.rotators) {
    const verdict = await probe(invocation, rotator, target.document);
    const unproven = verdict === 'unknown' && isAnother(rotator, target, stored || undefined);
    if (verdict === 'rejected' || unproven) throw refused(rotator.key);
  }
}

/** Who stored another credential may have set it in its system, too. */
function isAnother(
  { changes, optional }: Rotator,
  target: SecretVersion,
  stored: Awaited<ReturnType<typeof readIfObject>>,
): boolean {
  if (!stored || stored === 'no-object') return false;
  return changes.some((key) => {
    const source = stored.document.source(key);
    return (
      !optional.includes(key) && source !== undefined && source !== target.document.source(key)
    );
  });
}

/** A rotation that stored a value is between the two; a claim says that the target is being ended. */
async function assertUndisturbed(
  invocation: Invocation,
  description: SecretDescription,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  if (!hasLabel(description, from, labels.current) || isRetired(description, to)) throw moved();
  if (await rotationUnderWay(invocation, description, undefined)) throw moved();
}

const moved = () =>
  new RotationError(
    'CURRENT_CHANGED',
    'The labels of the secret moved while it was being repaired, and nothing was changed. Look at it again.',
  );

const refused = (key: string) =>
  new RotationError(
    'ROLLBACK_REFUSED',
    `The system behind ${key} does not accept the credential that AWSCURRENT was to go to, or nobody can ` +
      'tell. Nothing was changed. Look at the secret again.',
    { key },
  );
