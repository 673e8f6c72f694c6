import { describe, expect, test } from 'vitest';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { putLabel } from './support/another-version.ts';
import { startWorld, type World } from './support/world.ts';

const leases = ({ at }: World) =>
  at('AWSCURRENT')?.stages.filter((stage) => stage.startsWith('KEYTURN_UNDOING_'));
const leave = async (world: World) => {
  const lease = leaseUntil(world.clock.now());
  await putLabel(world, lease, world.at('AWSCURRENT')?.versionId ?? '');
  return lease;
};

describe('a lease that somebody left', () => {
  test('is taken off an hour after its end, and not before', async () => {
    const world = await startWorld();
    const lease = await leave(world);
    await world.clock.advance(3_500_000);
    await world.reconcile();
    expect(leases(world)).toEqual([lease]);

    await world.clock.advance(200_000);
    await world.reconcile();
    expect(leases(world)).toEqual([]);
  });

  test('costs nothing where there is none', async () => {
    const world = await startWorld();
    await world.clock.advance(7_200_000);
    world.timeline.clear();
    await world.reconcile();
    expect(world.writes()).toEqual([]);
  });
});
