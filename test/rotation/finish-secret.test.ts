import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import type { Rotator } from '../../src/rotation/rotator.ts';
import { anotherVersion, makeCurrent, takeOff } from './support/another-version.ts';
import { dual, single, unreachable } from './support/rotators.ts';
import { DualService, SingleService } from './support/systems.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  usualRotators,
} from './support/world.ts';

const commitMarks = ['book recovery', 'db.set', 'move AWSCURRENT', 'book retire-3600s'];

describe('the commit', () => {
  test('publishes what was pending, switched, while the superseded ones live on', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    const pending = world.pending();

    await world.run('finishSecret', token);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.current()).toEqual(pending);
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
    expectPublishedToWork(world);
  });

  test('books the recovery, switches, moves the label, and books the end of the grace', async () => {
    const world = await startWorld();
    await world.rotate();

    expect(world.timeline.only(...commitMarks)).toEqual(commitMarks);
  });

  test('does nothing slow between the switch and the label (F-5)', async () => {
    const world = await startWorld();
    await world.rotate();

    const { events } = world.timeline;
    const gap = events.slice(events.indexOf('db.set') + 1, events.indexOf('move AWSCURRENT'));
    expect(gap).toEqual(['db.log-in']);
  });

  test('may run twice: the second one verifies, and books the end of the grace again', async () => {
    const world = await startWorld();
    const token = await world.rotate();
    world.timeline.clear();

    await world.run('finishSecret', token);

    expect(world.writes()).toEqual([]);
    expect(world.timeline.only(...commitMarks)).toEqual(['book retire-3600s']);
    expect(world.booked.at(-1)).toEqual(world.booked.at(-2));
    expectPublishedToWork(world);
  });

  test('may run twice where the service has taken AWSPENDING off by then', async () => {
    const world = await startWorld();
    const token = await world.rotate();
    await takeOff(world, 'AWSPENDING');

    expect(await codeOf(world.run('finishSecret', token))).toBeUndefined();

    expect(world.notes()).toEqual(['already-current']);
    expectPublishedToWork(world);
  });

  test('books nothing again once the superseded ones have ended', async () => {
    const world = await startWorld();
    const token = await world.rotate();
    await world.reconcile(world.booked.at(-1)?.event);
    world.timeline.clear();

    await world.run('finishSecret', token);

    expect(world.timeline.only(...commitMarks)).toEqual([]);
  });

  test.each([
    { when: 'is gone', event: 'describe' },
    { when: 'goes while they are verified', event: 'db.log-in' },
  ])('books nothing again where AWSPREVIOUS $when', async ({ event }) => {
    const world = await startWorld();
    const token = await world.rotate();
    world.timeline.clear();
    world.timeline.before(event, () => takeOff(world, 'AWSPREVIOUS'));

    await world.run('finishSecret', token);

    expect(world.timeline.only(...commitMarks)).toEqual([]);
    expectPublishedToWork(world);
  });

  test('may run twice at once', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    const both = Promise.withResolvers<void>();
    world.timeline.before('move AWSCURRENT', () => both.promise);
    world.timeline.before('move AWSCURRENT', () => both.resolve());

    await Promise.all([world.run('finishSecret', token), world.run('finishSecret', token)]);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('measures the switch gap from where the rotator says that it begins to change', async () => {
    const world = await startWorld({
      rotators: ({ timeline, db }) => {
        const rotator = single('DB_PASSWORD', db, timeline);
        const change: Rotator['switch'] = async (call) => {
          await world.clock.advance(5_000);
          call.changing?.();
          await world.clock.advance(70);
          await rotator.switch?.(call);
        };
        return [{ ...rotator, switch: change }];
      },
    });
    await world.rotate();

    expect(world.entries).toContainEqual(
      expect.objectContaining({ kind: 'switch-gap', durationMs: 70 }),
    );
  });

  test('measures the switch gap (F-5)', async () => {
    const world = await startWorld();
    world.timeline.after('db.set', () => world.clock.advance(1_234));
    await world.rotate();

    expect(world.entries.filter(({ kind }) => kind === 'switch-gap')).toEqual([
      { kind: 'switch-gap', step: 'finishSecret', keys: ['DB_PASSWORD'], durationMs: 1_234 },
    ]);
  });
});

describe('before anything is switched', () => {
  test('votes once more: what is refused by now is taken back', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.api.forget(world.pending().API_TOKEN ?? '');

    expect(await codeOf(world.run('finishSecret', token))).toBe('PENDING_REJECTED');

    expect(world.timeline.only(...commitMarks)).toEqual([]);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expectPublishedToWork(world);
  });

  test('a carried-over key that differs from current’s is never published over', async () => {
    const world = await startWorld();
    const theirs = await anotherVersion(world, JSON.stringify({ ...first, REGION: 'us-east-1' }));
    const token = await world.rotate('testSecret');
    await makeCurrent(world, theirs);
    world.timeline.clear();

    const error = await failureOf(world.run('finishSecret', token));

    expect(error).toMatchObject({ code: 'CURRENT_CHANGED', key: 'REGION' });
    expect(world.timeline.only(...commitMarks)).toEqual([]);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.at('AWSCURRENT')?.versionId).toBe(theirs);
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expectPublishedToWork(world);
  });

  test.each([
    { remainingMs: 69_999, code: 'NOT_ENOUGH_TIME', marks: [], published: false },
    { remainingMs: 70_000, code: undefined, marks: commitMarks, published: true },
  ])(
    'with $remainingMs ms left for a switch of 30 s and its way back: $code',
    async ({ remainingMs, code, marks, published }) => {
      const world = await startWorld();
      const token = await world.rotate('testSecret');
      world.timeline.clear();

      const done = world.run('finishSecret', token, { remainingMs: () => remainingMs });

      expect(await codeOf(done)).toBe(code);
      expect(world.timeline.only(...commitMarks)).toEqual(marks);
      expect(world.at('AWSPENDING')?.versionId).toBe(token);
      expect(world.at('AWSCURRENT')?.versionId === token).toBe(published);
      expectPublishedToWork(world);
    },
  );

  test('a secret without a switch needs no time for one, and no recovery', async () => {
    const world = await startWorld({
      rotators: (ends) => usualRotators(ends).filter((rotator) => !rotator.switch),
    });
    const token = await world.rotate('testSecret');

    await world.run('finishSecret', token, { remainingMs: () => 1_000 });

    expect(world.timeline.only(...commitMarks)).toEqual(['move AWSCURRENT', 'book retire-3600s']);
    expect(world.entries.filter(({ kind }) => kind === 'switch-gap')).toEqual([]);
  });

  test('nor does one whose only switch has nothing to change', async () => {
    const world = await startWorld({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline),
        single('DB_PASSWORD', db, timeline, { create: async () => ({}) }),
      ],
    });
    const token = await world.rotate('testSecret');

    await world.run('finishSecret', token, { remainingMs: () => 1_000 });

    expect(world.timeline.only(...commitMarks)).toEqual(['move AWSCURRENT', 'book retire-3600s']);
  });

  test('a recovery that cannot be booked: CANNOT_BOOK, and nothing is switched', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    const refusal = new RotationError('ACCESS_DENIED', 'The schedule group is not ours.');
    world.timeline.before('book recovery', () => {
      throw refusal;
    });

    const error = await failureOf(world.run('finishSecret', token));

    expect(error).toMatchObject({ code: 'CANNOT_BOOK', retryable: true });
    expect(error.message).toContain('nothing was switched');
    expect(error.cause).toBe(refusal);
    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });
});

describe('the recovery', () => {
  test('names the version that is current until the label moves, and the keys switched', async () => {
    const world = await startWorld();
    const token = await world.rotate();

    expect(world.booked[0]).toEqual({
      purpose: 'recovery',
      versionId: token,
      at: new Date(world.clock.now().getTime() + 120_000),
      event: { secret: world.arn, current: world.firstVersion, keys: ['DB_PASSWORD'] },
    });
  });

  test('never comes while the switches may still be under way', async () => {
    const world = await startWorld({
      rotators: ({ timeline, db }) => [
        single('DB_PASSWORD', db, timeline, { switchBudgetMs: 90_000 }),
        single('API_TOKEN', new SingleService('cache', first.API_TOKEN, timeline), timeline, {
          switchBudgetMs: 60_000,
        }),
      ],
    });
    const token = await world.rotate('testSecret');
    await world.run('finishSecret', token, { remainingMs: () => 600_000 });

    const at = world.booked[0]?.at.getTime() ?? 0;
    expect(at - world.clock.now().getTime()).toBeGreaterThanOrEqual(150_000);
    expect(at - world.clock.now().getTime()).toBeLessThanOrEqual(300_000);
  });
});

test('the slowest system is switched first, so that the others’ gap is short', async () => {
  const world = await startWorld({
    rotators: ({ timeline, db }) => [
      single('DB_PASSWORD', db, timeline, { switchBudgetMs: 1_000 }),
      single('API_TOKEN', new SingleService('slow', first.API_TOKEN, timeline), timeline, {
        switchBudgetMs: 60_000,
      }),
    ],
  });
  await world.rotate();

  expect(world.timeline.only('slow.set', 'db.set')).toEqual(['slow.set', 'db.set']);
});

describe('after the commit point', () => {
  test('a system switched back by a recovery beside it is switched forward again', async () => {
    const world = await startWorld();
    world.timeline.after('move AWSCURRENT', () => world.db.drift(first.DB_PASSWORD));

    await world.rotate();

    expect(world.notes()).toEqual(['healed']);
    expectPublishedToWork(world);
  });

  test.each([
    { what: 'transient', fail: unreachable, code: 'UNREACHABLE' },
    {
      what: 'permanent',
      fail: () => {
        throw new RotationError('ACCESS_DENIED', 'The schedule group is not ours.');
      },
      code: 'ACCESS_DENIED',
    },
  ])(
    'a $what failure rolls nothing back, and is made good by the next call (F-20)',
    async (kind) => {
      const world = await startWorld();
      const token = await world.rotate('testSecret');
      world.timeline.before('book retire-3600s', kind.fail);

      expect(await codeOf(world.run('finishSecret', token))).toBe(kind.code);

      expect(world.at('AWSCURRENT')?.versionId).toBe(token);
      expect(world.timeline.only('api.remove')).toEqual([]);
      expectPublishedToWork(world);

      await world.run('finishSecret', token);
      expect(world.booked.map(({ purpose }) => purpose)).toEqual(['recovery', 'retire-3600s']);
    },
  );
});

describe('the end of the grace', () => {
  test('is booked for when it is over, with the pair of versions and the keys', async () => {
    const world = await startWorld();
    const token = await world.rotate();

    expect(world.booked.at(-1)).toEqual({
      purpose: 'retire-3600s',
      versionId: token,
      at: new Date(world.clock.now().getTime() + 3_600_000),
      event: {
        secret: world.arn,
        current: token,
        superseded: world.firstVersion,
        keys: ['API_TOKEN'],
      },
    });
  });

  test('comes once for each length of grace, the longer ones naming the shorter’s keys too', async () => {
    const tokens = { ONE: 'token-one-of-many', TWO: 'token-two-of-many', SIX: 'token-six-of-many' };
    const world = await startWorld({
      text: JSON.stringify({ ...first, ...tokens }),
      rotators: ({ timeline }) => [
        dual('SIX', new DualService('six', tokens.SIX, timeline), timeline, {
          graceMs: 86_400_000,
        }),
        dual('ONE', new DualService('one', tokens.ONE, timeline), timeline, { graceMs: 60_000 }),
        dual('TWO', new DualService('two', tokens.TWO, timeline), timeline, { graceMs: 60_000 }),
      ],
    });
    await world.rotate();

    const now = world.clock.now().getTime();
    expect(
      world.booked.map(({ purpose, at, event }) => [purpose, at.getTime() - now, event.keys]),
    ).toEqual([
      ['retire-86400s', 86_400_000, ['SIX', 'ONE', 'TWO']],
      ['retire-60s', 60_000, ['ONE', 'TWO']],
    ]);
  });

  test('is not booked for keys that did not change', async () => {
    const world = await startWorld({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline, { create: async () => ({}) }),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await world.rotate();

    expect(world.booked.map(({ purpose }) => purpose)).toEqual(['recovery']);
  });
});
