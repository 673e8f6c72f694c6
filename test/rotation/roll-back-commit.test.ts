import { describe, expect, test } from 'vitest';
import { makeCurrent, anotherVersion } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { codeOf, expectPublishedToWork } from './support/world.ts';

describe('when the commit fails', () => {
  test('both label moves are lost: switched back at once, and the next run rolls back', async () => {
    const { world, token } = await rolledOver();
    world.timeline.before('move AWSCURRENT', lost, 2);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });

  test.each([1, 2])('%i lost answers are no failure', async (times) => {
    const { world } = await rolledOver();
    world.timeline.after('move AWSCURRENT', lost, times);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });

  test('AWSCURRENT moved elsewhere meanwhile: it counts', async () => {
    const { world, token } = await rolledOver();
    const theirs = await anotherVersion(
      world,
      JSON.stringify({ ...world.current(), REGION: 'us-east-1' }),
    );
    world.timeline.before('move AWSCURRENT', () => makeCurrent(world, theirs));

    expect(await codeOf(rollBackIn(world))).toBe('CURRENT_CHANGED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(theirs);
    expect(world.at('AWSPREVIOUS')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('a recovery beside it that switches forward is followed by a proof', async () => {
    const { world } = await rolledOver();
    const { DB_PASSWORD = '' } = world.current();
    world.timeline.after('move AWSCURRENT', () => world.db.drift(DB_PASSWORD));

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });
});
