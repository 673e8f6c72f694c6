import { describe, expect, test } from 'vitest';
import type { ReconcileEvent } from '../../src/rotation/bookings.ts';
import {
  makeCurrent,
  publish,
  putLabel,
  storePending,
  takeOff,
} from './support/another-version.ts';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { dual, single, tellingNewer, textAt, unreachable } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { DualService, SingleService } from './support/systems.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  firstText,
  startWorld,
  type Ends,
  type World,
} from './support/world.ts';

const graceMs = 3_600_000;

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

describe('superseded credentials', () => {
  test.each([
    { when: 'while the grace runs', afterMs: graceMs - 1, note: 'not-due', accepted: true },
    { when: 'when it is over', afterMs: graceMs, note: 'retired', accepted: false },
    { when: 'long after', afterMs: 30 * graceMs, note: 'retired', accepted: false },
  ])('without keys in the event, $when: $note (F-20)', async ({ afterMs, note, accepted }) => {
    const world = await startWorld();
    await world.rotate();
    await world.clock.advance(afterMs);

    await world.reconcile();

    expect(world.notes()).toEqual([note]);
    expect(world.api.accepts(first.API_TOKEN)).toBe(accepted);
    expectPublishedToWork(world);
  });

  test('end by what was booked, whatever the clock says', async () => {
    const world = await startWorld();
    await world.rotate();

    await world.reconcile(world.booked.at(-1)?.event);

    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('end by what was booked, though nothing of it is switched', async () => {
    const world = await startWorld({
      rotators: ({ timeline, db }) => [
        single('DB_PASSWORD', db, timeline, { graceMs, revoke: () => db.rehearse() }),
      ],
    });
    await world.rotate();
    world.timeline.clear();

    await world.reconcile(world.booked.at(-1)?.event);

    expect(world.verbs('DB_PASSWORD').slice(-2)).toEqual(['probe', 'revoke']);
    expect(world.notes()).toEqual(['retired']);
  });

  test.each([
    { what: 'another key', text: { REGION: 'us-east-1' }, note: 'retired', accepted: false },
    { what: 'that key', text: { API_TOKEN: 'typed-by-hand' }, note: 'not-known', accepted: true },
  ])(
    'after somebody changed $what by hand, what was booked: $note',
    async ({ text, note, accepted }) => {
      const world = await startWorld();
      await world.rotate();
      world.api.room = 3;
      await world.api.add('typed-by-hand');
      await publish(world, JSON.stringify({ ...world.current(), ...text }));

      await world.reconcile(world.booked.at(-1)?.event);

      expect(world.notes()).toEqual([note]);
      expect(world.api.accepts(first.API_TOKEN)).toBe(accepted);
      expectPublishedToWork(world);
    },
  );

  test('are left alone where the version they were booked with is gone', async () => {
    const world = await startWorld();
    await world.rotate();
    const gone = '00000000-0000-4000-8000-000000000000';

    await world.reconcile({ ...world.booked.at(-1)?.event, current: gone });

    expect(world.notes()).toEqual(['not-known']);
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
  });

  test('end though somebody changed a key since that their rotator only reads', async () => {
    const world = await startWorld({
      rotators: ({ timeline, api }) => [dual('API_TOKEN', api, timeline, { reads: ['REGION'] })],
    });
    await world.rotate();
    await publish(world, JSON.stringify({ ...world.current(), REGION: 'us-east-1' }));

    await world.reconcile(world.booked.at(-1)?.event);

    expect(world.notes()).toEqual(['retired']);
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expect(world.api.accepts(world.current().API_TOKEN ?? '')).toBe(true);
  });

  test('are left alone key by key, and it is said of which', async () => {
    const other = 'token-of-another-service';
    const world = await startWorld({
      text: JSON.stringify({ ...first, OTHER_TOKEN: other }),
      rotators: ({ timeline, api }) => [
        dual('API_TOKEN', api, timeline),
        dual('OTHER_TOKEN', new DualService('other', other, timeline), timeline),
      ],
    });
    await world.rotate();
    await publish(world, JSON.stringify({ ...world.current(), OTHER_TOKEN: other }));
    const said = world.entries.length;

    await world.reconcile(world.booked.at(-1)?.event);

    expect(world.entries.slice(said)).toContainEqual({
      kind: 'note',
      step: 'reconcile',
      note: 'not-known',
      key: 'OTHER_TOKEN',
      message: expect.stringContaining('left as it is'),
    });
    expect(world.notes()).toEqual(['not-known']);
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
  });

  test('are left alone by a recovery that comes when the rotation has succeeded', async () => {
    const world = await startWorld();
    await world.rotate();

    await world.reconcile(world.booked[0]?.event);

    expect(world.writes().filter((write) => write.includes('KEYTURN'))).toEqual([]);
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
  });

  test.each([
    { what: 'is no JSON', text: 'the secret was plain text once' },
    { what: 'has a key twice', text: firstText.replace('"REGION"', '"API_TOKEN"') },
  ])('of a version that $what are nobody’s: nothing is owed', async ({ text }) => {
    const world = await startWorld({ text });
    await publish(world, firstText);
    expect(world.at('AWSPREVIOUS')?.versionId).toBe(world.firstVersion);

    await world.reconcile();

    expect(world.notes()).toEqual(['nothing-owed', 'nothing-owed']);
    expectPublishedToWork(world);
  });

  test('of a version that cannot be read now wait for the next run', async () => {
    const world = await startWorld();
    await world.rotate();
    await world.clock.advance(graceMs);
    world.timeline.before('read', () => undefined);
    world.timeline.before('read', lost);

    expect(await codeOf(world.reconcile())).toBe('UNREACHABLE');

    expect(world.notes()).toEqual([]);
  });

  test('of a version that is no JSON do not hide that the current one is dead', async () => {
    const world = await startWorld({ text: 'the secret was plain text once' });
    await publish(world, firstText);
    world.db.drift('set by hand');

    const error = await failureOf(world.reconcile());

    expect(error).toMatchObject({ code: 'CURRENT_REJECTED', key: 'DB_PASSWORD' });
  });

  test('of a version taken back are due at once, and known to be the newer ones', async () => {
    const orders: string[] = [];
    const world = await startWorld({
      rotators: ({ timeline, api }) => [tellingNewer(dual('API_TOKEN', api, timeline), orders)],
    });
    await world.clock.advance(1_000);
    await world.rotate();
    const undone = world.current();
    await takeOff(world, 'AWSPENDING');
    await makeCurrent(world, world.firstVersion);

    await world.reconcile();

    expect(orders).toEqual(['victim']);
    expect(world.api.accepts(undone.API_TOKEN ?? '')).toBe(false);
    expectPublishedToWork(world);
  });
});

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
