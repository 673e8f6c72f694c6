import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { dual, single } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { codeOf, expectPublishedToWork, startWorld, type World } from './support/world.ts';

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

async function edit(world: World): Promise<void> {
  const text = JSON.stringify({ ...world.current(), REGION: 'us-east-1' });
  await world.client.send(new PutSecretValueCommand({ SecretId: world.arn, SecretString: text }));
}
