import { describe, expect, test } from 'vitest';
import { reportingState } from '../../src/rotation/report-state.ts';
import { publish } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { dual, ownKey, single, unreachable } from './support/rotators.ts';
import { codeOf, firstText, startWorld, type World } from './support/world.ts';

const hour = 3_600_000;

const report = (world: World, work = async () => undefined as unknown) =>
  reportingState(world.invocation('reconcile'), work);

const states = ({ entries }: World) => entries.filter(({ kind }) => kind === 'state');

const state = {
  kind: 'state',
  step: 'reconcile',
  rotationEnabled: true,
  rotationOverdue: false,
  retirementOwed: false,
};

test('is told before the work and after it, and the work’s answer is the answer', async () => {
  const world = await startWorld();
  const answer = await report(world, async () => {
    await world.clock.advance(5_000);
    return 'done';
  });

  expect(answer).toBe('done');
  expect(states(world)).toEqual(
    [0, 5_000].map((currentAgeMs) => ({ ...state, rotationEnabled: false, currentAgeMs })),
  );
});

test('is told after work that fails, and its error is the error', async () => {
  const world = await startWorld();

  expect(await codeOf(report(world, async () => unreachable()))).toBe('UNREACHABLE');

  expect(states(world)).toHaveLength(2);
});

test('that cannot be read is said, and fails no work', async () => {
  const world = await startWorld();
  const invocation = world.invocation('reconcile');
  const secret = { ...invocation.secret, describe: async () => unreachable() };

  expect(await reportingState({ ...invocation, secret }, async () => 'done')).toBe('done');

  expect(world.notes()).toEqual(['state-unknown', 'state-unknown']);
});

test('tells the age of the version that is current, though reads by label lag behind', async () => {
  const world = await startWorld({ behaviour: { labelReadLagMs: 60_000 } });
  await world.clock.advance(5_000);
  await world.rotate();

  await report(world);

  expect(lastOf(world)).toMatchObject({ currentAgeMs: 0 });
});

const lastOf = (world: World) => states(world).at(-1);
const graces = (short: number, long: number) =>
  startWorld({
    rotators: ({ timeline, api, db }) => [
      ownKey('SIGNING_KEY', timeline, { graceMs: short }),
      dual('API_TOKEN', api, timeline, { graceMs: long }),
      single('DB_PASSWORD', db, timeline),
    ],
  });

describe('a retirement is owed', () => {
  test.each([
    { when: 'not while the longest grace runs', after: 2 * hour - 1, retirementOwed: false },
    { when: 'when it is over', after: 2 * hour, retirementOwed: true },
  ])('$when', async ({ after, retirementOwed }) => {
    const world = await graces(hour, 2 * hour);
    await world.rotate();
    await world.clock.advance(after);

    await report(world);

    expect(lastOf(world)).toMatchObject({ retirementOwed });
  });

  test('no more when there is a receipt', async () => {
    const world = await graces(hour, hour);
    await world.rotate();
    await world.clock.advance(hour);
    await world.reconcile();

    await report(world);

    expect(lastOf(world)).toMatchObject({ retirementOwed: false });
  });

  test('at once for what a rollback undid', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);

    await report(world);

    expect(lastOf(world)).toMatchObject({ retirementOwed: true });
  });

  test('never for a version that is no JSON object', async () => {
    const world = await startWorld({ text: 'it was plain text once' });
    await publish(world, firstText);
    await world.clock.advance(1_000 * hour);

    await report(world);

    expect(lastOf(world)).toMatchObject({ retirementOwed: false });
  });

  test('never where nothing has a grace', async () => {
    const world = await startWorld({
      rotators: ({ timeline, db }) => [single('DB_PASSWORD', db, timeline)],
    });
    await world.rotate();
    await world.clock.advance(1_000 * hour);

    await report(world);

    expect(lastOf(world)).toMatchObject({ retirementOwed: false });
  });
});
