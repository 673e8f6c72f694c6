import { describe, expect, test } from 'vitest';
import { codeOf as codeOfError } from '../../src/rotation/errors.ts';
import { makeCurrent, publish, putLabel, anotherVersion } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { refused, unreachable } from './support/rotators.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  type World,
} from './support/world.ts';

/** Somebody stores the current value with another key in it. */
async function edited(world: World, changes: Record<string, string | undefined>): Promise<void> {
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...world.current(), ...changes }));
}

/** Everything a refused rollback must leave as it was. */
const stateOf = ({ at, db, api, current }: World) => ({
  labels: ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'KEYTURN_UNDONE'].map(
    (label) => at(label)?.versionId,
  ),
  api: api.accepted,
  db: db.accepts(current().DB_PASSWORD ?? ''),
});

describe('refuses, with nothing changed', () => {
  const cases: {
    what: string;
    arrange: (world: World) => unknown;
    key?: string;
    says?: string;
    because?: string;
  }[] = [
    {
      what: 'after the grace',
      says: 'what does not work. Rotate instead.',
      arrange: async (world) => {
        await world.clock.advance(3_600_000);
        await world.reconcile();
      },
    },
    {
      what: 'while the credentials from before are being ended',
      arrange: async (world) => {
        await world.clock.advance(3_600_000);
        world.timeline.before('api.remove', unreachable);
        expect(await codeOf(world.reconcile())).toBe('UNREACHABLE');
      },
    },
    {
      what: 'a credential from before that somebody ended',
      arrange: ({ api }) => api.forget(first.API_TOKEN),
      key: 'API_TOKEN',
      says: 'The system behind API_TOKEN does not accept',
    },
    {
      what: 'a switch whose rehearsal says no',
      arrange: ({ timeline }) => timeline.before('db.rehearse', refused),
      key: 'DB_PASSWORD',
      says: 'AWSCURRENT stays where it is (PROVIDER_REFUSED on DB_PASSWORD). The system',
      because: 'PROVIDER_REFUSED',
    },
    {
      what: 'an AWSPREVIOUS that somebody put on the current version itself',
      arrange: (world) => putLabel(world, 'AWSPREVIOUS', world.at('AWSCURRENT')?.versionId ?? ''),
      says: 'There is no version under AWSPREVIOUS',
    },
    {
      what: 'a value from before that is no object',
      arrange: async (world) => {
        const id = await anotherVersion(world, 'not JSON');
        const back = world.at('AWSCURRENT')?.versionId ?? '';
        await makeCurrent(world, id);
        await makeCurrent(world, back);
      },
    },
    {
      what: 'a value from before without a key that is configured',
      arrange: async (world) => {
        const text = world.at('AWSCURRENT')?.secretString ?? '';
        const poorer = await anotherVersion(
          world,
          JSON.stringify({ ...first, API_TOKEN: undefined }),
        );
        await world.clock.advance(1_000);
        const newer = await anotherVersion(world, text);
        await makeCurrent(world, poorer);
        await makeCurrent(world, newer);
      },
      key: 'API_TOKEN',
      because: 'KEY_MISSING',
    },
    {
      what: 'a key beside the credentials that somebody added since',
      arrange: (world) => edited(world, { STRIPE_KEY: 'put-by-hand' }),
      key: 'STRIPE_KEY',
      says: 'The key STRIPE_KEY, which no rotation changes, is another under AWSPREVIOUS: somebody',
    },
    {
      what: 'a key beside the credentials that somebody changed since',
      arrange: (world) => edited(world, { REGION: 'us-east-1' }),
      key: 'REGION',
      says: 'so AWSPREVIOUS is not what that superseded.',
    },
    {
      what: 'a key beside the credentials that somebody took out since',
      arrange: (world) => edited(world, { REGION: undefined }),
      key: 'REGION',
    },
    {
      what: 'the same value under both labels',
      arrange: async (world) => {
        const text = world.at('AWSCURRENT')?.secretString ?? '';
        await world.clock.advance(1_000);
        await makeCurrent(world, await anotherVersion(world, text));
      },
    },
  ];

  test.each(cases)('$what', async ({ arrange, key, says = '', because }) => {
    const { world } = await rolledOver();
    await arrange(world);
    const before = stateOf(world);
    const bookings = world.booked.length;

    const error = await failureOf(rollBackIn(world));

    expect(error).toMatchObject({ code: 'ROLLBACK_REFUSED', step: 'rollback' });
    expect(error.key).toBe(key);
    expect(error.message).toContain(says);
    expect(error.message.startsWith('AWSCURRENT stays')).toBe(because !== undefined);
    expect(error.cause && codeOfError(error.cause)).toBe(because);
    expect(stateOf(world)).toEqual(before);
    expect(world.booked).toHaveLength(bookings);
  });

  test('a secret that was never rotated', async () => {
    const world = await startWorld();

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');
    expect(world.writes()).toEqual([]);
  });

  test('a system out of reach is no refusal: UNREACHABLE, and nothing is changed', async () => {
    const { world } = await rolledOver();
    world.timeline.before('api.log-in', unreachable);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');
    expect(world.writes()).toEqual([]);
  });

  test.each([
    { what: 'too little time', changes: { remainingMs: () => 69_999 }, code: 'NOT_ENOUGH_TIME' },
    {
      what: 'no recovery',
      changes: { bookings: { book: async () => unreachable() } },
      code: 'CANNOT_BOOK',
    },
  ])('$what: nothing is switched', async ({ changes, code }) => {
    const { world } = await rolledOver();

    expect(await codeOf(rollBackIn(world, changes))).toBe(code);

    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
    expectPublishedToWork(world);
  });
});
