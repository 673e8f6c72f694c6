import { describe, expect, test } from 'vitest';
import { anotherVersion, makeCurrent } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { codeOf, expectPublishedToWork, type World } from './support/world.ts';

/** Somebody edits a key that is not rotated, between two calls of an invocation. */
async function editedWhileRead(world: World): Promise<void> {
  const text = JSON.stringify({ ...world.current(), REGION: 'us-east-1' });
  const other = await anotherVersion(world, text);
  world.timeline.after('describe', () => makeCurrent(world, other));
}

describe('AWSCURRENT that moves while it is read is no secret without a value', () => {
  test.each([
    { what: 'a reconcile', run: (world: World) => world.reconcile() },
    { what: 'a rollback', run: (world: World) => rollBackIn(world) },
    { what: 'a createSecret', run: (world: World) => world.run('createSecret', world.begin()) },
  ])('$what is tried again, and changes nothing', async ({ run }) => {
    const { world } = await rolledOver();
    await editedWhileRead(world);

    expect(await codeOf(run(world))).toBe('ROTATION_IN_PROGRESS');

    expect(world.timeline.only('db.set', 'api.add', 'api.remove')).toEqual([]);
    expectPublishedToWork(world);
  });
});
