import { describe, expect, test } from 'vitest';
import { rolledOver, rollBackIn, undoneId } from './support/roll-back.ts';
import { dual, ownKey, single } from './support/rotators.ts';
import { expectPublishedToWork, first } from './support/world.ts';

const marks = [
  'drop AWSPENDING',
  'book recovery',
  'book undone',
  'move KEYTURN_UNDONE',
  'db.set',
  'move AWSCURRENT',
];

describe('within the grace', () => {
  test('what was current before is current again, and works everywhere', async () => {
    const { world, token } = await rolledOver();

    const result = await rollBackIn(world);

    expect(result).toEqual({
      outcome: 'rolled-back',
      from: token,
      to: world.firstVersion,
      switchGapMs: 0,
    });
    expect(world.current()).toEqual(first);
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expect(undoneId(world)).toBe(token);
    expectPublishedToWork(world);
  });

  test('books and marks before it switches, and moves the label right after', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);

    expect(world.timeline.only(...marks)).toEqual(marks);
    const { events } = world.timeline;
    const gap = events.slice(events.indexOf('db.set') + 1, events.indexOf('move AWSCURRENT'));
    expect(gap).toEqual(['db.log-in']);
  });

  test('measures the switch gap', async () => {
    const { world } = await rolledOver();
    world.timeline.after('db.set', () => world.clock.advance(1_234));

    expect(await rollBackIn(world)).toMatchObject({ switchGapMs: 1_234 });
    expect(world.entries).toContainEqual({
      kind: 'switch-gap',
      step: 'rollback',
      keys: ['DB_PASSWORD'],
      durationMs: 1_234,
    });
    expect(world.notes()).toEqual(['rolled-back']);
    expect(world.verbs('DB_PASSWORD').slice(-4)).toEqual(['probe', 'install', 'switch', 'probe']);
  });

  test('the run that it books revokes what was undone, and nothing else', async () => {
    const { world, token } = await rolledOver();
    const undone = world.current();
    await rollBackIn(world);
    const booked = world.booked.findLast(({ purpose }) => purpose === 'undone');

    await world.reconcile(booked?.event);

    expect(booked?.at).toEqual(new Date(world.clock.now().getTime() + 120_000));
    expect(booked?.event).toMatchObject({ current: world.firstVersion, superseded: token });
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expect(world.api.accepts(undone.API_TOKEN ?? '')).toBe(false);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(token);
    expect(undoneId(world)).toBe(token);
    expectPublishedToWork(world);
  });

  test('tells the rotator that the victim is the newer one', async () => {
    const told: string[] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline, { revoke: async ({ newer }) => void told.push(newer) }),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await rollBackIn(world);
    await world.reconcile();

    expect(told).toEqual(['victim']);
  });

  test('the grace that was booked for the rotation ends nothing any more', async () => {
    const { world } = await rolledOver();
    const grace = world.booked.find(({ purpose }) => purpose === 'retire-3600s');
    await rollBackIn(world);
    await world.clock.advance(3_600_000);

    await world.reconcile(grace?.event);

    expect(world.notes().at(-1)).toBe('nothing-owed');
    expectPublishedToWork(world);
  });

  test('the next rotation is given what was undone, the one after is not, with 11 calls', async () => {
    const given: unknown[] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        ownKey('SIGNING_KEY', timeline, {
          create: async ({ undone }) => {
            given.push(undone?.['SIGNING_KEY']);
            return { SIGNING_KEY: `own-${given.length}` };
          },
        }),
        dual('API_TOKEN', api, timeline),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await rollBackIn(world);
    await world.reconcile();
    await world.rotate();
    await world.clock.advance(3_600_000);
    await world.reconcile();
    world.timeline.clear();
    await world.rotate();

    expect(given).toEqual([undefined, 'own-1', undefined]);
    expect(
      world.timeline.events.filter((event) => /^(describe|read|put|move)/.test(event)),
    ).toHaveLength(11);
    expectPublishedToWork(world);
  });

  test('a rotation right after it settles what was undone, though its run never came', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.clock.advance(1_000);
    await world.rotate();

    expect(world.api.accepted).toHaveLength(2);
    expect(world.notes()).not.toContain('grace-ended-early');
    expectPublishedToWork(world);
  });

  test('rolled back, rotated, rolled back again: the mark moves on', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.clock.advance(1_000);
    const second = await world.rotate();
    await world.clock.advance(1_000);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back', from: second });
    expect(undoneId(world)).toBe(second);
    expect(world.current()).toEqual(first);
    expectPublishedToWork(world);
  });
});

test('a key that is built from the others is no obstacle', async () => {
  const { world } = await rolledOver({
    text: JSON.stringify({ ...first, DATABASE_URL: `pg://"${first.DB_PASSWORD}"` }),
    derived: { DATABASE_URL: ({ DB_PASSWORD }) => `pg://${JSON.stringify(DB_PASSWORD)}` },
  });

  expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
  expect(world.current()).toMatchObject({ DATABASE_URL: `pg://"${first.DB_PASSWORD}"` });
});
