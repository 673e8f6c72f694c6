import { expect, test } from 'vitest';
import { startWorld, steps, expectPublishedToWork } from './support/world.ts';

test('smoke', async () => {
  const world = await startWorld();
  await world.rotate();
  expectPublishedToWork(world);
  console.log(world.timeline.events, world.booked, world.notes());
});
