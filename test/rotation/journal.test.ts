import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { storePending } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { unreachable } from './support/rotators.ts';
import { codeOf, startWorld, type World } from './support/world.ts';

const ofKind = ({ entries }: World, ...kinds: readonly JournalEntry['kind'][]) =>
  entries.filter(({ kind }) => kinds.includes(kind));

const life = (world: World) => ofKind(world, 'stored', 'committed', 'taken-back');

const bookings = ({ entries }: World) =>
  entries.flatMap((entry) =>
    entry.kind === 'note' && entry.note.endsWith('-booked') ? [entry.note] : [],
  );

describe('the life of a rotation', () => {
  test('begins when its value is stored, and ends so long after its version was made', async () => {
    const world = await startWorld();
    const token = world.begin();
    await world.run('createSecret', token);
    await world.clock.advance(90_000);
    await world.run('finishSecret', token);

    expect(life(world)).toEqual([
      { kind: 'stored', step: 'createSecret' },
      { kind: 'committed', step: 'finishSecret', durationMs: 90_000 },
    ]);
  });

  test('is counted once, however often its steps run', async () => {
    const world = await startWorld();
    const token = await world.rotate();
    for (const step of ['createSecret', 'finishSecret'] as const) await world.run(step, token);

    expect(life(world)).toHaveLength(2);
  });

  test('is not shorter than nothing where the clock of the service is ahead', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    const behind = {
      now: () => new Date(world.clock.now().getTime() - 5_000),
      sleep: async () => undefined,
    };
    await world.run('finishSecret', token, { clock: behind });

    expect(life(world).at(-1)).toMatchObject({ kind: 'committed', durationMs: 0 });
  });

  test('is committed even where what follows fails', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('book retire-3600s', unreachable);

    expect(await codeOf(world.run('finishSecret', token))).toBe('UNREACHABLE');

    expect(life(world).at(-1)).toMatchObject({ kind: 'committed' });
  });

  test('is none where another call stored its value first', async () => {
    const world = await startWorld();
    const token = world.begin();
    world.timeline.before('api.make', async () => void (await storePending(world, token)));

    await codeOf(world.run('createSecret', token));

    expect(life(world)).toEqual([]);
  });

  test('ends when it is taken back, once', async () => {
    const world = await startWorld();
    const token = await world.rotate('setSecret');
    world.api.forget(world.pending().API_TOKEN ?? '');

    expect(await codeOf(world.run('testSecret', token))).toBe('PENDING_REJECTED');
    await codeOf(world.run('testSecret', token));

    expect(life(world).slice(1)).toEqual([{ kind: 'taken-back', step: 'testSecret' }]);
  });

  test('ends once where a rollback takes it back', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    await storePending(world, world.begin());

    await rollBackIn(world);

    expect(life(world).slice(2)).toEqual([{ kind: 'taken-back', step: 'rollback' }]);
  });

  test('does not end with an AWSPENDING that merely stayed', async () => {
    const { world } = await rolledOver();

    await rollBackIn(world);

    expect(life(world)).toHaveLength(2);
  });
});

describe('a booking', () => {
  test('is told when it is made: the recovery, and the end of the grace', async () => {
    const world = await startWorld();
    await world.rotate();

    expect(bookings(world)).toEqual(['recovery-booked', 'retirement-booked']);
  });

  test('is told in a rollback too, for what was undone', async () => {
    const { world } = await rolledOver();
    world.entries.length = 0;

    await rollBackIn(world);

    expect(bookings(world)).toEqual(['recovery-booked', 'retirement-booked']);
  });

  test.each(['book recovery', 'book retire-3600s'])(
    'that fails (%s) is not told',
    async (booking) => {
      const world = await startWorld();
      const token = await world.rotate('testSecret');
      world.timeline.before(booking, unreachable);

      await codeOf(world.run('finishSecret', token));

      expect(bookings(world)).toEqual(booking === 'book recovery' ? [] : ['recovery-booked']);
    },
  );

  test('that is not needed is not told', async () => {
    const world = await startWorld({ rotators: () => [] });
    await world.rotate();

    expect(bookings(world)).toEqual([]);
  });
});
