import { RotationError } from './errors.ts';
import type { Rotation } from './rotation.ts';
import { labels } from './secret-store.ts';

/**
 * The commit point: AWSCURRENT moves from `from` to the token's version, if `from` still has it.
 * A lost answer is not a failure: the same move is sent again, and then the labels are the judge.
 * Throws `OUTCOME_UNKNOWN` when even they cannot be read. May run twice.
 */
export async function commit({ secret, token }: Rotation, from: string): Promise<void> {
  const move = { label: labels.current, from, to: token };
  try {
    await secret.moveLabel(move);
  } catch (refused) {
    // A second refusal is expected where the first move took effect and only its answer was lost.
    await secret.moveLabel(move).catch(() => undefined);
    if (!(await isCurrent({ secret, token }))) throw refused;
  }
}

async function isCurrent({ secret, token }: Pick<Rotation, 'secret' | 'token'>): Promise<boolean> {
  try {
    return (await secret.read({ versionId: token, label: labels.current })) !== undefined;
  } catch (error) {
    throw new RotationError(
      'OUTCOME_UNKNOWN',
      'It could not be read whether AWSCURRENT moved. Nothing is undone on a guess: the next call, or ' +
        'the recovery that is booked, reads the labels and goes on from there.',
      { cause: error instanceof Error ? error : undefined },
    );
  }
}
