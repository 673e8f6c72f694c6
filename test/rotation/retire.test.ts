import { describe, expect, test } from 'vitest';
import type { ReconcileEvent } from '../../src/rotation/bookings.ts';
import { makeCurrent, publish, storePending } from './support/another-version.ts';
import { dual, single, tellingNewer, unreachable } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { DualService } from './support/systems.ts';
import { codeOf, expectPublishedToWork, first, startWorld, type World } from './support/world.ts';

/** A world after a rotation, with what was booked for the end of its grace. */
async function rotated(): Promise<World & { booked: World['booked']; event: ReconcileEvent }> {
  const world = await startWorld();
  await world.rotate();
  world.timeline.clear();
  const event = world.booked.at(-1)?.event;
  if (!event) throw new Error('The rotation booked nothing');
  return { ...world, event };
}

describe('the claim', () => {
  test('comes first, then the labels are read again, then the credential ends, then the receipt', async () => {
    const world = await rotated();

    await world.reconcile(world.event);

    expect(world.timeline.events).toEqual([
      'describe',
      'read',
      'api.log-in',
      'db.log-in',
      'read',
      'move KEYTURN_RETIRING',
      'describe',
      'api.log-in',
      'api.remove',
      'move KEYTURN_RETIRED',
    ]);
    expect(world.at('KEYTURN_RETIRING')?.versionId).toBe(world.firstVersion);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('is given up when AWSCURRENT moved back right after it', async () => {
    const world = await rotated();
    world.timeline.after('move KEYTURN_RETIRING', () => makeCurrent(world, world.firstVersion));

    expect(await codeOf(world.reconcile(world.event))).toBe('ROTATION_IN_PROGRESS');

    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(world.at('KEYTURN_RETIRED')).toBeUndefined();
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
  });

  test('of another run stays where AWSCURRENT moved back: that one may be revoking by now', async () => {
    const world = await rotated();
    world.timeline.before('api.remove', unreachable);
    expect(await codeOf(world.reconcile(world.event))).toBe('UNREACHABLE');
    world.timeline.before('describe', () => undefined);
    world.timeline.before('describe', () => makeCurrent(world, world.firstVersion));

    expect(await codeOf(world.reconcile(world.event))).toBe('ROTATION_IN_PROGRESS');

    expect(world.at('KEYTURN_RETIRING')?.versionId).toBe(world.firstVersion);
  });

  test('is given up when a rotation began right after it', async () => {
    const world = await rotated();
    world.api.room = 3;
    world.timeline.after('move KEYTURN_RETIRING', async () => {
      await storePending(world, world.begin());
    });

    expect(await codeOf(world.reconcile(world.event))).toBe('ROTATION_IN_PROGRESS');

    expect(world.timeline.only('api.remove')).toEqual([]);
  });

  test.each(['move KEYTURN_RETIRING', 'move KEYTURN_RETIRED'])(
    'a lost answer of "%s" is no failure',
    async (move) => {
      const world = await rotated();
      world.timeline.after(move, lost);

      await world.reconcile(world.event);

      expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
      expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    },
  );

  test('that cannot be made revokes nothing', async () => {
    const world = await rotated();
    world.timeline.before('move KEYTURN_RETIRING', lost);

    expect(await codeOf(world.reconcile(world.event))).toBe('UNREACHABLE');

    expect(world.timeline.only('api.remove')).toEqual([]);
  });

  test('moves on from the version that was retired before', async () => {
    const world = await rotated();
    await world.reconcile(world.event);
    await world.rotate();
    const superseded = world.at('AWSPREVIOUS')?.versionId;

    await world.rotate('createSecret');

    expect(world.at('KEYTURN_RETIRING')?.versionId).toBe(superseded);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(superseded);
  });
});

describe('more than once', () => {
  test('the second finds the receipt and nothing to do', async () => {
    const world = await rotated();
    await world.reconcile(world.event);
    world.timeline.clear();

    await world.reconcile(world.event);

    expect(world.writes()).toEqual([]);
    expect(world.notes()).toEqual(['retired', 'nothing-owed']);
    expectPublishedToWork(world);
  });

  test('two at once come to the same end', async () => {
    const world = await rotated();
    const both = Promise.withResolvers<void>();
    world.timeline.before('move KEYTURN_RETIRING', () => both.promise);
    world.timeline.before('move KEYTURN_RETIRING', () => both.resolve());

    await Promise.all([world.reconcile(world.event), world.reconcile(world.event)]);

    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });

  test('after one that died half-way', async () => {
    const world = await rotated();
    world.timeline.after('api.remove', unreachable);
    expect(await codeOf(world.reconcile(world.event))).toBe('UNREACHABLE');
    expect(world.at('KEYTURN_RETIRED')).toBeUndefined();

    await world.reconcile(world.event);

    expect(world.timeline.only('move KEYTURN_RETIRING')).toHaveLength(1);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });
});

describe('which of the two was made later', () => {
  test('the current one, after a rotation', async () => {
    const { world, told } = await telling();
    await world.rotate();
    await world.clock.advance(3_600_000);

    await world.reconcile();

    expect(told).toEqual(['keep']);
  });

  test('the superseded one that a rotation made, after somebody stored an older one', async () => {
    const { world, told } = await telling();
    await world.rotate();
    await world.clock.advance(1_000);
    await publish(world, tokenOf('api-token-from-the-drawer'));
    await world.clock.advance(3_600_000);

    await world.reconcile();

    expect(told).toEqual(['victim']);
  });

  test('the current one that a rotation made, after somebody stored an older one and took it back', async () => {
    const { world, told } = await telling();
    const token = await world.rotate();
    await world.clock.advance(1_000);
    await publish(world, tokenOf('api-token-from-the-drawer'));
    await makeCurrent(world, token);

    await world.reconcile();

    expect(told).toEqual(['keep']);
  });

  test.each([
    { what: 'was published before', current: first.API_TOKEN, newer: 'victim' },
    { what: 'is new', current: 'api-token-of-the-third-day', newer: 'keep' },
  ])(
    'by the day its credential was stored first, where somebody stored both: it $what',
    async ({ current, newer }) => {
      const { world, told } = await telling();
      await world.clock.advance(1_000);
      const superseded = await publish(world, tokenOf('api-token-from-the-drawer'));
      await makeCurrent(world, world.firstVersion);
      await world.clock.advance(1_000);
      await publish(world, tokenOf(current));

      await world.reconcile({ superseded, keys: ['API_TOKEN'] });

      expect(told).toEqual([newer]);
    },
  );

  test('is told where AWSPREVIOUS is no JSON object too', async () => {
    const { world, told } = await telling();
    await world.clock.advance(1_000);
    const superseded = await publish(world, tokenOf('api-token-from-the-drawer'));
    await publish(world, 'somebody stored a plain text');
    await world.clock.advance(1_000);
    await publish(world, JSON.stringify(first));

    await world.reconcile({ superseded, keys: ['API_TOKEN'] });

    expect(told).toEqual(['keep']);
  });
});

const tokenOf = (text: string) => JSON.stringify({ ...first, API_TOKEN: text });

/** A world whose service accepts other tokens too, and what its rotator is told. */
async function telling() {
  const told: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api }) => [tellingNewer(dual('API_TOKEN', api, timeline), told)],
  });
  world.api.room = 4;
  await world.api.add('api-token-from-the-drawer');
  await world.api.add('api-token-of-the-third-day');
  return { world, told };
}

test('a rotator whose credential is still published is not asked to revoke it', async () => {
  const world = await startWorld({
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, { create: async () => ({}) }),
    ],
  });
  await world.rotate();
  await world.clock.advance(3_600_000);

  await world.reconcile();

  expect(world.notes()).toEqual(['retired']);
  expect(world.verbs('API_TOKEN')).not.toContain('revoke');
});

test('a secret whose kinds have no grace gets none of the labels', async () => {
  const world = await startWorld({
    rotators: ({ timeline, db }) => [single('DB_PASSWORD', db, timeline)],
  });
  await world.rotate();
  world.timeline.clear();
  await world.rotate();

  expect(world.writes()).toEqual(['put', 'move AWSCURRENT']);
  expectPublishedToWork(world);
});

test('of a rotation abandoned for a value somebody stored, its own credential is the newer one', async () => {
  const orders: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api }) => {
      return [tellingNewer(dual('API_TOKEN', api, timeline), orders)];
    },
  });
  await world.clock.advance(1_000);
  const abandoned = await world.rotate('setSecret');
  const { API_TOKEN: made = '' } = world.pending();
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...first, REGION: 'us-east-1' }));
  expect(world.at('AWSPENDING')).toBeUndefined();

  await world.reconcile({ superseded: abandoned, keys: ['API_TOKEN'] });

  expect(new Set(orders)).toEqual(new Set(['victim']));
  expect(world.api.accepts(made)).toBe(false);
  expectPublishedToWork(world);
});

test('with several graces the receipt comes with the last of them', async () => {
  const tokens = { SHORT: 'token-of-a-short-grace', LONG: 'token-of-a-long-grace' };
  const world = await startWorld({
    text: JSON.stringify({ ...first, ...tokens }),
    rotators: ({ timeline }) => [
      dual('SHORT', new DualService('short', tokens.SHORT, timeline), timeline, { graceMs: 1_000 }),
      dual('LONG', new DualService('long', tokens.LONG, timeline), timeline, { graceMs: 9_000 }),
    ],
  });
  await world.rotate();
  const [short, long] = world.booked;

  await world.reconcile(short?.event);
  expect(world.timeline.only('short.remove', 'long.remove')).toEqual(['short.remove']);
  expect(world.at('KEYTURN_RETIRED')).toBeUndefined();

  await world.reconcile(long?.event);
  expect(world.timeline.only('short.remove', 'long.remove')).toEqual([
    'short.remove',
    'long.remove',
  ]);
  expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
});

describe('a rotation inside a running grace', () => {
  test('ends it early, with a warning, before anything new is made', async () => {
    const world = await rotated();

    await world.rotate('createSecret');

    expect(world.timeline.only('api.remove', 'move KEYTURN_RETIRED', 'api.make')).toEqual([
      'api.remove',
      'move KEYTURN_RETIRED',
      'api.make',
    ]);
    expect(world.notes()).toEqual(['grace-ended-early', 'retired']);
    expectPublishedToWork(world);
  });

  test('says nothing of a grace that is just over', async () => {
    const world = await rotated();
    await world.clock.advance(3_600_000);

    await world.rotate('createSecret');

    expect(world.notes()).toEqual(['retired']);
  });

  test('has nothing to settle once the receipt is there', async () => {
    const world = await rotated();
    await world.clock.advance(3_600_000);
    await world.reconcile(world.event);
    world.timeline.clear();

    await world.rotate();

    expect(world.timeline.events.filter((event) => event.includes('KEYTURN'))).toEqual([]);
    expect(world.writes()).toEqual(['put', 'move AWSCURRENT']);
  });

  test('makes nothing when the debt cannot be paid', async () => {
    const world = await rotated();
    world.timeline.before('api.remove', unreachable);
    const token = world.begin();

    expect(await codeOf(world.run('createSecret', token))).toBe('UNREACHABLE');

    expect(world.timeline.only('SIGNING_KEY.create', 'api.make', 'put')).toEqual([]);
    expectPublishedToWork(world);
    await world.run('createSecret', token);
  });
});
