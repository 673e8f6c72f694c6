import { rollBack, type RollbackResult } from '../../../src/rotation/roll-back.ts';
import type { Invocation } from '../../../src/rotation/rotation.ts';
import { recorded } from '../../../src/rotation/run-step.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A secret rotated once, a second after it was made, so that the versions have an order. */
export async function rolledOver(options: WorldOptions = {}) {
  const world = await startWorld(options);
  await world.clock.advance(1_000);
  const token = await world.rotate();
  world.timeline.clear();
  return { world, token };
}

export function rollBackIn(
  world: World,
  changes: Partial<Invocation> = {},
): Promise<RollbackResult> {
  const invocation = world.invocation('rollback', changes);
  return recorded(invocation, () => rollBack(invocation));
}

export const undoneId = ({ at }: World): string | undefined => at('KEYTURN_UNDONE')?.versionId;
