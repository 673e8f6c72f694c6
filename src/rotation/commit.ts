import { RotationError } from './errors.ts';
import { labels, type SecretStore } from './secret-store.ts';

/**
 * The commit point: AWSCURRENT moves from one version to another, if the first still has it. A
 * lost answer is not a failure: the same move is sent again, and then the labels are the judge.
 * Throws `OUTCOME_UNKNOWN` when even they cannot be read. May run twice.
 */
export async function commit(
  secret: SecretStore,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const move = { label: labels.current, from, to };
  try {
    await secret.moveLabel(move);
  } catch (refused) {
    // A second refusal is expected where the first move took effect and only its answer was lost.
    await secret.moveLabel(move).catch(() => undefined);
    if (!(await isCurrent(secret, to))) throw refused;
  }
}

async function isCurrent(secret: SecretStore, versionId: string): Promise<boolean> {
  try {
    return (await secret.read({ versionId, label: labels.current })) !== undefined;
  } catch (error) {
    throw new RotationError(
      'OUTCOME_UNKNOWN',
      'It could not be read whether AWSCURRENT moved. Nothing is undone on a guess: the next call, or ' +
        'the recovery that is booked, reads the labels and goes on from there.',
      { cause: error instanceof Error ? error : undefined },
    );
  }
}
