import { commit } from './commit.ts';
import { RotationError } from './errors.ts';
import { isRetired } from './go-forward.ts';
import { releaseLease, takeLease } from './rollback-lease.ts';
import { note, probe, type Invocation } from './rotation.ts';
import { hasLabel, labels, versionWith, type SecretDescription } from './secret-store.ts';
import { readPrevious } from './previous-version.ts';
import { markUndone } from './undone-version.ts';

/**
 * Moves AWSCURRENT back to AWSPREVIOUS, whatever AWSCURRENT holds: somebody stored what does not
 * work. Every credential of AWSPREVIOUS must be accepted, so that no system is switched. A
 * compare-and-swap, under the lease of a rollback. May run twice. Throws `ROLLBACK_REFUSED`.
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
    const previous = await readPrevious(secret, description);
    if (previous.versionId !== to) throw moved();
    assertUndisturbed(description, { from, to });
    for (const rotator of invocation.plan.rotators) {
      if ((await probe(invocation, rotator, previous.document)) === 'rejected') {
        throw refused(rotator.key);
      }
    }
    await markUndone(invocation, description, from);
    await commit(secret, { from, to });
  } finally {
    await releaseLease(invocation, lease, from);
  }
  note(invocation, 'rolled-back', 'AWSCURRENT is back on the version before.');
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
    `The system behind ${key} does not accept the credential under AWSPREVIOUS any more. Nothing was changed. ` +
      'Look at the secret again.',
    { key },
  );
