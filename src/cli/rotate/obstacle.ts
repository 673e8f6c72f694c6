import { Failure } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import { askForRehearsal } from './ask-for-rehearsal.ts';
import type { Problem } from './progress.ts';

/**
 * What the function itself says would stand in the way of a rotation; `undefined` where it says
 * nothing, or could not be asked. That one is pending is no obstacle: it is tried again.
 */
export async function obstacleTo(
  secret: FoundSecret,
  signal?: AbortSignal,
): Promise<Problem | undefined> {
  try {
    const { obstacles, keys } = await askForRehearsal(secret, signal);
    const problems = [...keys.flatMap(({ problem }) => problem ?? []), ...obstacles];
    const first = problems.find(({ code }) => code !== 'ROTATION_IN_PROGRESS');
    return first && { ...first, retryable: false };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * Throws a Failure, before anything is begun, where the function says that a rotation would fail: who
 * cannot see its steps would wait for nothing.
 */
export async function assertNoObstacle(secret: FoundSecret, signal: AbortSignal): Promise<void> {
  const obstacle = await obstacleTo(secret, signal);
  if (!obstacle) return;
  throw new Failure(
    obstacle.code,
    `A rotation of ${secret.name} would fail, so none was begun.\nWhy: ${obstacle.message}`,
  );
}
