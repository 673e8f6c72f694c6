import { describe, expect, test } from 'vitest';
import { publish } from './support/another-version.ts';
import { markIn, marksOn, reconcileIn, shop } from './support/compromised.ts';
import { expectPublishedToWork, type World } from './support/world.ts';

/** Somebody edits another key by hand: the value that is marked goes along, and its mark does not. */
async function edit(world: World, region: string): Promise<void> {
  await publish(world, JSON.stringify({ ...world.current(), REGION: region }));
  await world.clock.advance(1_000);
}

async function editedTwice() {
  const world = await shop();
  await world.rotate();
  await world.clock.advance(2 * 86_400_000);
  await reconcileIn(world);
  await markIn(world, 'SIGNING_KEY');
  await edit(world, 'x');
  await reconcileIn(world);
  await edit(world, 'y');
  return world;
}

describe('a value that is marked in two versions before, after two edits by hand', () => {
  test('is marked in the current one by a reconcile', async () => {
    const world = await editedTwice();

    await reconcileIn(world);

    expect(marksOn(world, 'AWSCURRENT')).toHaveLength(1);
  });

  test('stands in the way of no rotation, and is not kept among the earlier keys', async () => {
    const world = await editedTwice();
    const stolen = world.current()['SIGNING_KEY'];

    await world.rotate();

    expect(world.current()['OLD_KEYS']).not.toContain(stolen);
    expectPublishedToWork(world);
  });
});
