import { describe, expect, test } from 'vitest';
import { rolledOver, rollBackIn, undoneId } from './support/roll-back.ts';
import { denied, lost } from './support/secrets-manager-wire.ts';
import { codeOf, expectPublishedToWork, first, type World } from './support/world.ts';

/** The calls of a rollback, in order. */
const events: readonly string[] = [
  'describe',
  'read',
  'read',
  'api.log-in',
  'db.log-in',
  'db.rehearse',
  'describe',
  'drop AWSPENDING',
  'book recovery',
  'book undone',
  'move KEYTURN_UNDOING',
  'describe',
  'move KEYTURN_UNDONE',
  'db.log-in',
  'db.set',
  'db.log-in',
  'move AWSCURRENT',
  'drop KEYTURN_UNDOING',
  'describe',
  'db.log-in',
];
const ways = ['before', 'after'] as const;
const points = events.flatMap((event, at) => ways.map((when) => ({ at, event, when })));

test('these are the calls of a rollback', async () => {
  const { world } = await rolledOver();
  await rollBackIn(world);

  expect(world.timeline.events).toEqual(events);
});

describe.each(points)('a crash $when $event (call $at)', ({ at, event, when }) => {
  test('leaves what the recovery mends, and what a second run brings to its end', async () => {
    const { world, token } = await rolledOver();
    await dyingAt(world, { at, event, when });

    await recover(world);
    expectPublishedToWork(world);

    const rolled = await rollBackIn(world);
    expect(rolled).toMatchObject({ from: token, to: world.firstVersion });
    await expectRolledBack(world, token);
  });

  test('and without a recovery a second run alone does', async () => {
    const { world, token } = await rolledOver();
    await dyingAt(world, { at, event, when });

    expect(await rollBackIn(world)).toMatchObject({ to: world.firstVersion });
    await expectRolledBack(world, token);
  });
});

test.each([
  { what: 'lost', fail: lost },
  { what: 'denied', fail: denied },
])('a mark that is $what changes nothing', async ({ fail }) => {
  const { world } = await rolledOver();
  world.timeline.before('move KEYTURN_UNDONE', fail);

  expect(await codeOf(rollBackIn(world))).toMatch(/^(UNREACHABLE|ACCESS_DENIED)$/);

  expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
  expectPublishedToWork(world);
});

/** From that call on nothing gets through any more, as when the process is gone. */
async function dyingAt(
  world: World,
  { at, event, when }: { at: number; event: string; when: 'before' | 'after' },
): Promise<void> {
  const nth = events.slice(0, at).filter((each) => each === event).length;
  const dead = new Error('The process is gone.');
  const state = { dead: false };
  for (let n = 0; n < nth; n++) world.timeline[when](event, () => undefined);
  world.timeline[when](event, () => {
    state.dead = true;
    throw dead;
  });
  for (const name of new Set(events)) {
    world.timeline.before(
      name,
      () => {
        if (state.dead) throw dead;
      },
      1_000,
    );
  }
  expect(await codeOf(rollBackIn(world))).toBeDefined();
  world.timeline.clear();
}

async function recover(world: World): Promise<void> {
  const booked = [...world.booked];
  for (const { purpose, event } of booked) {
    if (purpose === 'recovery' || purpose === 'undone') await world.reconcile(event);
  }
}

async function expectRolledBack(world: World, token: string): Promise<void> {
  expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  expect(world.at('AWSPENDING')).toBeUndefined();
  expect(undoneId(world)).toBe(token);
  expectPublishedToWork(world);

  await recover(world);
  expect(world.api.accepted).toEqual([first.API_TOKEN]);
  expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(token);
  expectPublishedToWork(world);
}
