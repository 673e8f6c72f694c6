import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DocumentedFailure } from '../documented-failure.ts';
import { Failure, Interrupted } from '../failure.ts';
import { printableName } from '../printable.ts';
import type { JudgedKey } from './judgement.ts';
import { CurrentUnknown, makeCurrent } from './make-current.ts';
import { prove, type Published, type Tried } from './prove.ts';

/**
 * Has the systems asked once more about what has just become current: the end of a grace that had
 * begun before the lease may have ended what was proven a moment ago. Then AWSCURRENT goes back, and
 * it is `refused`. Throws a Failure that says so where it did not go back, or Interrupted.
 */
export async function lookAgain(
  client: SecretsManagerClient,
  tried: Tried,
  proven: Published,
): Promise<Published> {
  const latest = await latestOf(tried, proven);
  const broken = latest.keys.filter(({ meaning }) => meaning === 'breaks');
  if (broken.length === 0) return proven;
  const { current, proposal } = tried;
  const { secret, versionId: base } = proposal;
  try {
    await makeCurrent(client, { secret, versionId: current.versionId, base });
  } catch (error) {
    throw failureToGoBack(error, tried, broken);
  }
  return latest;
}

/** It was proven, and is current: where nobody can tell now, that is left at that. */
async function latestOf(tried: Tried, proven: Published): Promise<Published> {
  const { proposal, signal } = tried;
  try {
    return (await prove(tried)).published;
  } catch (error) {
    if (signal?.aborted) throw publishedAlready(proposal.versionId);
    if (error instanceof Failure && error.code !== 'CURRENT_CHANGED') return proven;
    throw error;
  }
}

/** Where somebody else moved AWSCURRENT, that counts, and nothing of ours is published. */
function failureToGoBack(error: unknown, tried: Tried, broken: readonly JudgedKey[]): unknown {
  if (!(error instanceof Failure) || error.code === 'CURRENT_CHANGED') return error;
  return notTakenBack(tried, broken, error);
}

/** What is published does not work any more. */
function notTakenBack(
  { proposal: { versionId }, name }: Tried,
  keys: readonly JudgedKey[],
  cause: Failure,
): DocumentedFailure {
  const stays = cause instanceof CurrentUnknown ? 'may be' : 'is';
  return new DocumentedFailure(
    'NOT_TAKEN_BACK',
    `${keys.map(({ key }) => printableName(key)).join(', ')}: the credential was accepted, and no more ` +
      `when it was published. AWSCURRENT ${stays} still on ${versionId}, which holds it: moving it back ` +
      `failed (${cause.code}). Run keyturn repair ${name} now.`,
    { versionId, keys },
  );
}

const publishedAlready = (versionId: string) =>
  new Interrupted(
    'INTERRUPTED_PUBLISHED',
    `Interrupted, when ${versionId} was current already: its credentials had been accepted. Whether they ` +
      'still are keyturn status tells.',
  );
