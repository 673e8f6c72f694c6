import { expect } from 'vitest';
import { reconcile } from '../../../src/rotation/reconcile.ts';
import { rollBack, type RollbackResult } from '../../../src/rotation/roll-back.ts';
import type { SecretDescription } from '../../../src/rotation/secret-store.ts';
import type { Invocation } from '../../../src/rotation/rotation.ts';
import { recorded } from '../../../src/rotation/run-step.ts';
import { told } from './sentences.ts';
import { codeOf, first, startWorld, type World, type WorldOptions } from './world.ts';

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
  return told(recorded(invocation, () => rollBack(invocation)));
}

export const undoneId = ({ at }: World): string | undefined => at('KEYTURN_UNDONE')?.versionId;

/** A rotation whose grace is over, and whose reconcile has not come yet. */
export async function late() {
  const { world, token } = await rolledOver();
  await world.clock.advance(3_600_000);
  return { world, token };
}

/**
 * The service showed a retirement labels that lagged behind, and the rollback beside it died right
 * after its move: the published credential was revoked.
 */
export async function revokedOnStaleLabels() {
  const { world, token } = await late();
  const before = await world.invocation('reconcile').secret.describe();
  world.timeline.before('move AWSCURRENT', () => retireShown(world, before));
  const dying = new AbortController();
  world.timeline.after('move AWSCURRENT', () => dying.abort());
  expect(await codeOf(rollBackIn(world, { signal: dying.signal }))).toBe('OUTCOME_UNKNOWN');
  expect(world.api.accepts(first.API_TOKEN)).toBe(false);
  return { world, token };
}

async function retireShown(world: World, shown: SecretDescription): Promise<void> {
  const invocation = world.invocation('reconcile');
  const secret = { ...invocation.secret, describe: async () => shown };
  await reconcile({ ...invocation, secret }, { secret: world.arn });
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
