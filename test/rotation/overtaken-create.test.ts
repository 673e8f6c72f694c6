import { expect, test } from 'vitest';
import { dual, single } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { anotherVersion, makeCurrent, publish, storePending } from './support/another-version.ts';
import { codeOf, expectPublishedToWork, first, startWorld, type World } from './support/world.ts';

test('a createSecret that was overtaken proves nothing by what it read before', async () => {
  const overtaking: { run?: () => Promise<unknown> } = {};
  const world = await startWorld({
    rotators: ({ timeline, api, db }) => {
      const rotator = dual('API_TOKEN', api, timeline);
      return [
        single('DB_PASSWORD', db, timeline),
        {
          ...rotator,
          async create(call) {
            const run = overtaking.run;
            delete overtaking.run;
            if (!run) return rotator.create(call);
            await run();
            await call.superseded();
            throw new Error('It went on with what it had read.');
          },
        },
      ];
    },
  });
  const token = world.begin();
  overtaking.run = async () => {
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
      await world.run(step, token);
    }
  };

  expect(await codeOf(world.run('createSecret', token))).toBe('ROTATION_IN_PROGRESS');
  expect(world.at('AWSCURRENT')?.versionId).toBe(token);
  expectPublishedToWork(world);
});

test.each([
  { what: 'another call stores its value', ahead: storePending },
  {
    what: 'AWSCURRENT moves',
    ahead: async (world: World) =>
      makeCurrent(world, await anotherVersion(world, JSON.stringify(first))),
  },
  { what: 'AWSPENDING moves', ahead: async (world: World) => world.begin() },
])('a createSecret proves nothing any more once $what', async ({ ahead }) => {
  const beside: { run: () => Promise<unknown> } = { run: async () => undefined };
  const world = await startWorld({
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, {
        create: async ({ superseded }) => {
          await beside.run();
          await superseded();
          throw new Error('It went on with what it had read.');
        },
      }),
    ],
  });
  const token = world.begin();
  beside.run = () => ahead(world, token);

  expect(await codeOf(world.run('createSecret', token))).toBe('ROTATION_IN_PROGRESS');
});

test('a crash in the switch gap and then an edit by hand: the recovery switches to what is current', async () => {
  const world = await startWorld();
  const token = await world.rotate('testSecret');
  world.timeline.before('move AWSCURRENT', lost, 2);
  await codeOf(world.run('finishSecret', token));
  expect(world.db.accepts(world.current().DB_PASSWORD ?? '')).toBe(false);
  await edit(world);

  await world.reconcile(world.booked.find(({ purpose }) => purpose === 'recovery')?.event);

  expectPublishedToWork(world);
});

const edit = (world: World) =>
  publish(world, JSON.stringify({ ...world.current(), REGION: 'us-east-1' }));
