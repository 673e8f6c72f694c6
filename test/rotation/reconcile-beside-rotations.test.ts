import { describe, expect, test } from 'vitest';
import { storePending } from './support/another-version.ts';
import { expectPublishedToWork, failureOf, first, startWorld } from './support/world.ts';

describe('beside a rotation', () => {
  test('what was booked is thrown back, to come again, and revokes nothing', async () => {
    const world = await startWorld();
    await world.rotate();
    world.api.room = 3;
    await storePending(world, world.begin());

    const error = await failureOf(world.reconcile(world.booked.at(-1)?.event));

    expect(error).toMatchObject({ code: 'ROTATION_IN_PROGRESS', retryable: true });
    expect(world.at('KEYTURN_RETIRING')).toBeUndefined();
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
    expectPublishedToWork(world);
  });

  test('a rotation that stored nothing yet does not stand in the way of what was booked', async () => {
    const world = await startWorld();
    await world.rotate();
    world.begin();

    await world.reconcile(world.booked.at(-1)?.event);

    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('a run that has nothing to do yet is no failure', async () => {
    const world = await startWorld();
    await world.rotate();
    world.begin();

    await world.reconcile();

    expect(world.notes()).toEqual(['not-due']);
  });
});

describe('late', () => {
  test('a booked pair that a newer rotation has overtaken harms nothing', async () => {
    const world = await startWorld();
    await world.rotate();
    const booked = world.booked.at(-1)?.event;
    await world.rotate();
    await world.reconcile(world.booked.at(-1)?.event);
    const accepted = world.api.accepted;
    world.timeline.clear();

    await world.reconcile(booked);

    expect(world.writes()).toEqual([]);
    expect(world.api.accepted).toEqual(accepted);
    expectPublishedToWork(world);
  });

  test('a pair whose versions are gone owes nothing', async () => {
    const world = await startWorld();
    await world.rotate();
    const gone = '00000000-0000-4000-8000-000000000000';

    await world.reconcile({ current: gone, superseded: gone, keys: ['API_TOKEN'] });

    expect(world.notes()).toEqual(['nothing-owed']);
  });
});
