import { describe, expect, test } from 'vitest';
import { anotherVersion, makeCurrent, putLabel, takeOff } from './support/another-version.ts';
import { dual, ownKey, refused, single, textAt } from './support/rotators.ts';
import { denied, lost } from './support/secrets-manager-wire.ts';
import { rolledOver, rollBackIn, undoneId } from './support/roll-back.ts';
import { DualService } from './support/systems.ts';
import { codeOf, expectPublishedToWork, failureOf, first, type World } from './support/world.ts';

/** A version that somebody else made, with the credentials that are current now. */
const theirs = (world: World) =>
  anotherVersion(world, JSON.stringify({ ...world.current(), REGION: 'us-east-1' }));

describe('labels that somebody else moves before anything is switched', () => {
  test.each([
    {
      what: 'AWSCURRENT',
      code: 'CURRENT_CHANGED',
      move: async (world: World, other: string) => makeCurrent(world, other),
    },
    {
      what: 'AWSCURRENT, with AWSPREVIOUS put back',
      code: 'CURRENT_CHANGED',
      move: async (world: World, other: string) => {
        await makeCurrent(world, other);
        await putLabel(world, 'AWSPREVIOUS', world.firstVersion);
      },
    },
    {
      what: 'AWSPREVIOUS',
      code: 'CURRENT_CHANGED',
      move: async (world: World, other: string) => putLabel(world, 'AWSPREVIOUS', other),
    },
    {
      what: 'the claim of a retirement',
      code: 'ROLLBACK_REFUSED',
      move: async (world: World) => putLabel(world, 'KEYTURN_RETIRING', world.firstVersion),
    },
  ])('$what: $code, nothing is switched', async ({ code, move }) => {
    const { world } = await rolledOver();
    const other = await theirs(world);
    world.timeline.after('book undone', () => move(world, other));

    expect(await codeOf(rollBackIn(world))).toBe(code);

    expect(world.timeline.only('db.set')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('AWSPREVIOUS, right after it was found: there is nothing to go back to', async () => {
    const { world } = await rolledOver();
    const other = await theirs(world);
    world.timeline.after('describe', () => putLabel(world, 'AWSPREVIOUS', other));

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');
    expect(world.timeline.only('db.set', 'drop AWSPENDING')).toEqual([]);
  });
});

describe('AWSCURRENT that somebody else moves right after the rollback did', () => {
  test.each([{ claimed: false }, { claimed: true }])(
    'counts, and the systems follow it; a claim of a retirement: $claimed',
    async ({ claimed }) => {
      const { world } = await rolledOver();
      const other = await theirs(world);
      world.timeline.after('move AWSCURRENT', async () => {
        await makeCurrent(world, other);
        if (claimed) await putLabel(world, 'KEYTURN_RETIRING', world.firstVersion);
      });

      const error = await failureOf(rollBackIn(world));

      expect(error).toMatchObject({ code: 'CURRENT_CHANGED', step: 'rollback' });
      expect(error.message).toContain('roll back again');
      expect(world.at('AWSCURRENT')?.versionId).toBe(other);
      expect(world.notes()).toEqual(['healed']);
      expectPublishedToWork(world);
    },
  );
});

describe('a rollback that does not come about', () => {
  test('switches back from what it had switched to', async () => {
    const switches: string[][] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => {
        const rotator = single('DB_PASSWORD', db, timeline);
        return [
          dual('API_TOKEN', api, timeline),
          {
            ...rotator,
            switch: async (call) => {
              switches.push([call.from, call.to].map((value) => textAt(value, 'DB_PASSWORD')));
              await rotator.switch?.(call);
            },
          },
        ];
      },
    });
    const { DB_PASSWORD = '' } = world.current();
    switches.length = 0;
    world.timeline.before('move AWSCURRENT', lost, 2);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');

    expect(switches).toEqual([
      [DB_PASSWORD, first.DB_PASSWORD],
      [first.DB_PASSWORD, DB_PASSWORD],
    ]);
    expect(world.notes()).toEqual(['healed']);
    expectPublishedToWork(world);
  });

  test('says so where even that fails, and hides not what went wrong first', async () => {
    const { world } = await rolledOver();
    world.timeline.before('move AWSCURRENT', () => {
      world.timeline.before('db.set', refused);
      lost();
    });
    world.timeline.before('move AWSCURRENT', lost);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');

    expect(world.entries).toContainEqual({
      kind: 'note',
      step: 'rollback',
      note: 'undo-unfinished',
      message: expect.stringContaining('PROVIDER_REFUSED'),
    });
    await world.reconcile(world.booked.findLast(({ purpose }) => purpose === 'recovery')?.event);
    expectPublishedToWork(world);
  });

  test('has nothing to switch back where nothing is switched', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api }) => [dual('API_TOKEN', api, timeline)],
    });
    world.timeline.before('move AWSCURRENT', lost, 2);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');
    expect(world.notes()).toEqual([]);
  });
});

describe('what is switched', () => {
  test('not a system whose credential is the same in both versions', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline),
        single('DB_PASSWORD', db, timeline, { create: async () => ({}) }),
      ],
    });

    await rollBackIn(world);

    expect(world.timeline.only('db.rehearse', 'db.set', 'book recovery')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('but also that one, where somebody else changed it', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline),
        single('DB_PASSWORD', db, timeline, { create: async () => ({}) }),
      ],
    });
    world.db.drift('set by hand');

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });

    expect(world.timeline.only('book recovery', 'db.set')).toEqual(['book recovery', 'db.set']);
    expectPublishedToWork(world);
  });

  test('and with a recovery booked, though it is on the credential from before already', async () => {
    const { world } = await rolledOver();
    world.db.drift(first.DB_PASSWORD);

    await rollBackIn(world);

    expect(world.timeline.only('db.rehearse', 'book recovery')).toEqual([
      'db.rehearse',
      'book recovery',
    ]);
    expectPublishedToWork(world);
  });

  test('a system that cannot be asked is no obstacle, and is said so', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline, { probe: async () => 'unknown' }),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    world.entries.length = 0;

    await rollBackIn(world);

    expect(world.notes()).toEqual(['unverifiable', 'rolled-back']);
  });
});

describe('the run that revokes what was undone', () => {
  test('is booked where one of the credentials changed', async () => {
    const { world } = await duals({ changing: ['API_TOKEN'] });

    await rollBackIn(world);

    expect(world.timeline.only('book undone')).toHaveLength(1);
  });

  test('is not booked where none did', async () => {
    const { world } = await duals({ changing: [] });

    await rollBackIn(world);

    expect(world.timeline.only('book undone')).toEqual([]);
  });

  test('is not booked where no credential has a grace', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, db }) => [
        single('DB_PASSWORD', db, timeline),
        ownKey('SIGNING_KEY', timeline),
      ],
    });

    await rollBackIn(world);

    expect(world.timeline.only('book undone')).toEqual([]);
  });
});

/** Rolled over, with two credentials that live beside their predecessors. */
function duals({ changing }: { changing: readonly string[] }) {
  const keeping = (key: string) => (changing.includes(key) ? {} : { create: async () => ({}) });
  return rolledOver({
    text: JSON.stringify({ ...first, OTHER_TOKEN: 'token-of-another-service' }),
    rotators: ({ timeline, api }) => {
      const other = new DualService('other', 'token-of-another-service', timeline);
      return [
        dual('API_TOKEN', api, timeline, keeping('API_TOKEN')),
        dual('OTHER_TOKEN', other, timeline, keeping('OTHER_TOKEN')),
        ownKey('SIGNING_KEY', timeline),
      ];
    },
  });
}

describe('AWSPENDING', () => {
  test('that the service took off already costs no call', async () => {
    const { world } = await rolledOver();
    await takeOff(world, 'AWSPENDING');
    world.timeline.clear();

    await rollBackIn(world);

    expect(world.timeline.only('describe')).toHaveLength(3);
  });

  test('that stayed on the version gone back to merely comes off', async () => {
    const { world, token: target } = await rolledOver();
    const { API_TOKEN: published = '' } = world.current();
    world.api.room = 3;
    await world.api.add('token-typed-by-hand');
    await world.clock.advance(1_000);
    const value = { ...world.current(), API_TOKEN: 'token-typed-by-hand' };
    await makeCurrent(world, await anotherVersion(world, JSON.stringify(value)));
    await putLabel(world, 'AWSPENDING', target);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back', to: target });

    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.api.accepts(published)).toBe(true);
    expectPublishedToWork(world);
  });

  test('that moves to yet another rotation stops the rollback', async () => {
    const { world } = await rolledOver();
    world.begin();
    world.timeline.before('describe', () => undefined, 2);
    world.timeline.before('describe', () => void world.begin());

    expect(await codeOf(rollBackIn(world))).toBe('ROTATION_IN_PROGRESS');
    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
  });

  test('that cannot be taken off stops the rollback', async () => {
    const { world } = await rolledOver();
    world.timeline.before('drop AWSPENDING', lost);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');
    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
  });

  test('that may not be taken off refuses the rollback, and no key is named', async () => {
    const { world } = await rolledOver();
    world.timeline.before('drop AWSPENDING', denied);

    const error = await failureOf(rollBackIn(world));

    expect(error).toMatchObject({ code: 'ROLLBACK_REFUSED', key: undefined });
    expect(error.message).toContain('AWSCURRENT stays where it is (ACCESS_DENIED). ');
  });
});

describe('the mark', () => {
  test('whose answer is lost is no failure', async () => {
    const { world, token: undone } = await rolledOver();
    world.timeline.after('move KEYTURN_UNDONE', lost);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(undoneId(world)).toBe(undone);
  });
});
