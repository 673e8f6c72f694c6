import { describe, expect, test } from 'vitest';
import type { ReconcileEvent } from '../../src/rotation/bookings.ts';
import { makeCurrent, takeOff } from './support/another-version.ts';
import { dual, single, textAt, unreachable } from './support/rotators.ts';
import { SingleService } from './support/systems.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  type Ends,
  type World,
} from './support/world.ts';

/** What the recovery of a rotation that never committed is called with. */
const recovery = ({ firstVersion }: World): Partial<ReconcileEvent> => ({
  current: firstVersion,
  keys: ['DB_PASSWORD'],
});

/** A rotation that died between the switch and the label move. */
async function diedInTheGap(rotators?: (ends: Ends) => ReturnType<typeof twoSingles>) {
  const world = await startWorld(rotators && { rotators });
  await world.rotate('testSecret');
  world.db.drift(world.pending().DB_PASSWORD ?? '');
  world.timeline.clear();
  return world;
}

const twoSingles = ({ timeline, db }: Ends) => [
  single('SIGNING_KEY', new SingleService('cache', first.SIGNING_KEY, timeline), timeline),
  single('DB_PASSWORD', db, timeline),
];

describe('every credential under AWSCURRENT works', () => {
  test('a system switched and never committed is switched back (F-5)', async () => {
    const world = await diedInTheGap();

    await world.reconcile(recovery(world));

    expect(world.notes()).toEqual(['healed']);
    expect(world.verbs('DB_PASSWORD').filter((verb) => verb === 'switch')).toHaveLength(1);
    expect(world.writes()).toEqual([]);
    expect(world.timeline.only('api.remove')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('a system switched back after the commit is switched forward', async () => {
    const world = await startWorld();
    await world.rotate();
    world.db.drift(first.DB_PASSWORD);

    await world.reconcile();

    expect(world.notes()).toEqual(['healed', 'not-due']);
    expectPublishedToWork(world);
  });

  test('a healthy set-up is left alone', async () => {
    const world = await startWorld();

    await world.reconcile();

    expect(world.timeline.events).toEqual(['describe', 'read', 'api.log-in', 'db.log-in']);
    expect(world.notes()).toEqual(['nothing-owed']);
  });

  test('one dead credential does not keep the others from being healed', async () => {
    const world = await diedInTheGap(({ timeline, api, db }) => [
      dual('API_TOKEN', api, timeline),
      single('DB_PASSWORD', db, timeline),
    ]);
    world.api.forget(first.API_TOKEN);

    const error = await failureOf(world.reconcile(recovery(world)));

    expect(error).toMatchObject({ code: 'CURRENT_REJECTED', key: 'API_TOKEN', step: 'reconcile' });
    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
  });

  test('a system out of reach does not keep the others from being healed', async () => {
    const world = await diedInTheGap(twoSingles);
    world.timeline.before('cache.log-in', unreachable);

    expect(await codeOf(world.reconcile(recovery(world)))).toBe('UNREACHABLE');

    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
    expect(world.timeline.only('cache.set')).toEqual([]);
  });

  test('a credential that no labelled version holds cannot be healed: CURRENT_REJECTED', async () => {
    const world = await diedInTheGap();
    world.db.drift('set by hand');

    const error = await failureOf(world.reconcile());

    expect(error).toMatchObject({ code: 'CURRENT_REJECTED', key: 'DB_PASSWORD' });
    expect(error.message).toContain('The system behind DB_PASSWORD refuses');
    expect(world.db.accepts('set by hand')).toBe(true);
  });

  test('a commit that comes while the system is switched back is followed', async () => {
    const world = await diedInTheGap();
    const token = world.at('AWSPENDING')?.versionId ?? '';
    world.timeline.after('db.set', () => makeCurrent(world, token));

    await world.reconcile(recovery(world));

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('a current version that lacks a configured key says so', async () => {
    const world = await startWorld({ text: JSON.stringify({ ...first, DB_PASSWORD: undefined }) });

    expect(await codeOf(world.reconcile())).toBe('KEY_MISSING');
  });
});

/** Its login cannot be tried from where the function runs. */
const unasked = ({ timeline, db }: Ends) => [
  single('DB_PASSWORD', db, timeline, {
    probe: async () => 'unknown',
    switch: async ({ to }) => db.set(textAt(to, 'DB_PASSWORD')),
  }),
];

/** Nobody but who logs in with what is accepted now may change it. */
const ownCredentialOnly = ({ timeline, db }: Ends) => [
  single('DB_PASSWORD', db, timeline, {
    switch: async ({ to, from }) => {
      if (!(await db.logIn(textAt(from, 'DB_PASSWORD')))) unreachable();
      await db.set(textAt(to, 'DB_PASSWORD'));
    },
  }),
];

describe('a system that is changed by what it accepts', () => {
  test('is switched back by the recovery from what the rotation had put in force', async () => {
    const world = await diedInTheGap(ownCredentialOnly);

    await world.reconcile(recovery(world));

    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
    expect(world.notes()).toEqual(['healed']);
  });

  test('also where somebody has abandoned that rotation', async () => {
    const world = await diedInTheGap(ownCredentialOnly);
    await takeOff(world, 'AWSPENDING');

    await world.reconcile(recovery(world));

    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
  });
});

describe('a system that cannot be asked', () => {
  test('is set to the current credential again when its switch was never committed', async () => {
    const world = await diedInTheGap(unasked);

    await world.reconcile(recovery(world));

    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
    expect(world.notes()).toEqual(['healed']);
  });

  test('is left alone once the rotation has committed', async () => {
    const world = await startWorld({ rotators: unasked });
    await world.rotate();
    world.timeline.clear();

    await world.reconcile(recovery(world));

    expect(world.timeline.only('db.set')).toEqual([]);
    expectPublishedToWork({ ...world, api: alwaysAccepting(world) });
  });

  test('is left alone by a recovery that was booked for other keys', async () => {
    const world = await diedInTheGap(unasked);

    await world.reconcile({ ...recovery(world), keys: ['SIGNING_KEY'] });

    expect(world.timeline.only('db.set')).toEqual([]);
  });

  test('is left alone by the daily run', async () => {
    const world = await diedInTheGap(unasked);

    await world.reconcile();

    expect(world.timeline.only('db.set')).toEqual([]);
  });
});

/** Where the token is not rotated at all. */
const alwaysAccepting = ({ api }: World) => Object.assign(api, { accepts: () => true });
