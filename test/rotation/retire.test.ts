import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { ReconcileEvent } from '../../src/rotation/bookings.ts';
import { makeCurrent, storePending } from './support/another-version.ts';
import { dual, unreachable } from './support/rotators.ts';
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

    const { events } = world.timeline;
    expect(events.slice(events.indexOf('move KEYTURN_RETIRING'))).toEqual([
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

    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });
});

test('of a rotation abandoned for a value somebody stored, its own credential is the newer one', async () => {
  const orders: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api }) => {
      const rotator = dual('API_TOKEN', api, timeline);
      return [
        {
          ...rotator,
          revoke: (call) => {
            orders.push(call.newer);
            return rotator.revoke(call);
          },
        },
      ];
    },
  });
  await world.clock.advance(1_000);
  const abandoned = await world.rotate('setSecret');
  const { API_TOKEN: made = '' } = world.pending();
  await world.clock.advance(1_000);
  const theirs = JSON.stringify({ ...first, REGION: 'us-east-1' });
  await world.client.send(new PutSecretValueCommand({ SecretId: world.arn, SecretString: theirs }));
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
