import type { Change } from './book-recovery.ts';
import { RotationError } from './errors.ts';
import { assertKeys } from './plan.ts';
import { note, onKey, probe, type Invocation } from './rotation.ts';
import { credentialOf, sameCredential, type Rotator } from './rotator.ts';
import { slowestFirst } from './switch-and-commit.ts';

/**
 * Makes sure that AWSCURRENT can go to a version that was current before: each of its credentials
 * is accepted, or its switch has been rehearsed. Answers the rotators to switch, in their order.
 * Changes nothing. Throws on the key that stands in the way.
 */
export async function rehearseChange(
  invocation: Invocation,
  change: Change,
): Promise<readonly Rotator[]> {
  const { plan } = invocation;
  assertKeys(plan, change.to.document);
  const switching: Rotator[] = [];
  for (const rotator of plan.rotators) {
    const outcome = await rehearse(invocation, rotator, change);
    if (outcome === 'must be switched') switching.push(rotator);
  }
  return slowestFirst(switching);
}

async function rehearse(
  invocation: Invocation,
  rotator: Rotator,
  { from, to }: Change,
): Promise<'accepted' | 'must be switched'> {
  const verdict = await probe(invocation, rotator, to.document);
  const same = sameCredential(rotator, from.document, to.document);
  if (rotator.switch && (verdict === 'rejected' || !same)) {
    await onKey(invocation, rotator, 'install', (call) =>
      rotator.install({
        ...call,
        next: credentialOf(rotator, to.document),
        current: credentialOf(rotator, from.document),
        // No rotation is pending here; a rollback holds its lease.
        stillPending: async () => undefined,
      }),
    );
    return 'must be switched';
  }
  if (verdict === 'rejected') throw dead(rotator.key);
  if (verdict === 'unknown') {
    note(invocation, 'unverifiable', 'This system cannot be asked from here.', rotator.key);
  }
  return 'accepted';
}

const dead = (key: string) =>
  new RotationError(
    'ROLLBACK_REFUSED',
    `The system behind ${key} does not accept the credential under AWSPREVIOUS any more, so going back ` +
      'would publish one that does not work. Nothing was changed. Rotate instead.',
    { key },
  );
