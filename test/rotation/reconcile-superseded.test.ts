import { describe, expect, test } from 'vitest';
import { makeCurrent, publish, takeOff } from './support/another-version.ts';
import { dual, single, tellingNewer } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { DualService } from './support/systems.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  firstText,
  startWorld,
} from './support/world.ts';

const graceMs = 3_600_000;

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
