import { describe, expect, test } from 'vitest';
import { makeCurrent } from './support/another-version.ts';
import { rolledOver, rollBackIn, undoneId } from './support/roll-back.ts';
import { expectPublishedToWork } from './support/world.ts';

describe('a second time', () => {
  test('never goes forward: it heals, books again and says so', async () => {
    const { world, token } = await rolledOver();
    await rollBackIn(world);
    world.timeline.clear();
    world.db.drift('its value before');
    world.db.drift(JSON.parse(world.at('AWSPREVIOUS')?.secretString ?? '{}').DB_PASSWORD);

    expect(await rollBackIn(world)).toEqual({
      outcome: 'already-rolled-back',
      from: token,
      to: world.firstVersion,
      switchGapMs: 0,
    });

    expect(world.writes()).toEqual([]);
    expect(world.timeline.only('book undone')).toHaveLength(1);
    expect(world.booked.at(-1)).toMatchObject({
      purpose: 'undone',
      at: new Date(world.clock.now().getTime() + 120_000),
    });
    expect(world.notes().at(-1)).toBe('already-rolled-back');
    expectPublishedToWork(world);
  });

  test('books nothing where what was undone is revoked by then', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.reconcile();
    const bookings = world.booked.length;

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    expect(world.booked).toHaveLength(bookings);
  });

  test('a label that was moved back by hand is brought to its end', async () => {
    const { world, token } = await rolledOver();
    await makeCurrent(world, world.firstVersion);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back', from: token });
    expect(undoneId(world)).toBe(token);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expectPublishedToWork(world);
  });

  test('leaves a rotation alone that began since', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.reconcile();
    const token = await world.rotate('testSecret');

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    await world.run('finishSecret', token);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('two at once roll back once', async () => {
    const { world } = await rolledOver();

    const both = await Promise.all([rollBackIn(world), rollBackIn(world)]);

    expect(both.map(({ to }) => to)).toEqual([world.firstVersion, world.firstVersion]);
    expectPublishedToWork(world);
  });
});
