import { expect, test } from 'vitest';
import { publish } from './support/another-version.ts';
import { inspectIn } from './support/repair.ts';
import { dual, ownKey, refused, single, unreachable } from './support/rotators.ts';
import { rolledOver } from './support/roll-back.ts';
import { leaksIn } from '../stack/leaks.ts';
import { first, startWorld, type World } from './support/world.ts';

const verdictsOf = async (world: World, name: string) => {
  const { keys, versions } = await inspectIn(world);
  const labelOf = (id: string) => versions.find(({ versionId }) => versionId === id)?.labels[0];
  const credentials = keys.find(({ key }) => key === name)?.credentials ?? [];
  return credentials.map(({ versionId, verdict }) => [labelOf(versionId), verdict]);
};

test('says which credential of which version each system accepts, the current one first', async () => {
  const { world } = await rolledOver();

  expect(await verdictsOf(world, 'API_TOKEN')).toEqual([
    ['AWSCURRENT', 'accepted'],
    ['AWSPREVIOUS', 'accepted'],
  ]);
  expect(await verdictsOf(world, 'DB_PASSWORD')).toEqual([
    ['AWSCURRENT', 'accepted'],
    ['AWSPREVIOUS', 'rejected'],
  ]);
});

test('changes nothing', async () => {
  const { world } = await rolledOver();
  await inspectIn(world);

  expect(world.writes()).toEqual([]);
  expect(world.timeline.events.filter((event) => /set|make|remove/.test(event))).toEqual([]);
});

test('asks about the current credential last, and about equal ones once', async () => {
  const world = await startWorld();
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...first, DB_PASSWORD: 'another-password-of-nobody' }));
  world.timeline.clear();

  expect(await verdictsOf(world, 'DB_PASSWORD')).toEqual([
    ['AWSCURRENT', 'rejected'],
    ['AWSPREVIOUS', 'accepted'],
  ]);
  expect(await verdictsOf(world, 'API_TOKEN')).toEqual([
    ['AWSCURRENT', 'accepted'],
    ['AWSPREVIOUS', 'accepted'],
  ]);
});

test('tells what rotators are: switched, administered, made by a provider', async () => {
  const world = await startWorld({
    rotators: ({ timeline, api, db }) => [
      ownKey('SIGNING_KEY', timeline),
      dual('API_TOKEN', api, timeline),
      single('DB_PASSWORD', db, timeline, { administered: true }),
    ],
  });

  const { keys } = await inspectIn(world);

  expect(
    keys.map(({ switches, administered, madeByProvider }) => [
      switches,
      administered,
      madeByProvider,
    ]),
  ).toEqual([
    [false, false, false],
    [false, false, true],
    [true, true, false],
  ]);
});

test('a system that cannot be asked is told with its reason, and the others are asked', async () => {
  const world = await startWorld({
    rotators: ({ timeline, api, db }) => [
      dual('API_TOKEN', api, timeline, { probe: async () => unreachable() }),
      single('DB_PASSWORD', db, timeline),
    ],
  });

  const { keys } = await inspectIn(world);

  expect(keys[0]?.credentials[0]).toMatchObject({
    verdict: 'failed',
    problem: { code: 'UNREACHABLE', key: 'API_TOKEN' },
  });
  expect(keys[1]?.credentials[0]).toMatchObject({ verdict: 'accepted' });
});

test('tells why a rotation could not succeed', async () => {
  const world = await startWorld({
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, { check: async () => refused() }),
    ],
  });

  const { keys } = await inspectIn(world);

  expect(keys[0]?.obstacle).toMatchObject({ code: 'PROVIDER_REFUSED', key: 'API_TOKEN' });
});

test('tells until when what is superseded may live, and of nothing that supersedes nothing', async () => {
  const { world } = await rolledOver();
  const inGrace = await inspectIn(world);
  expect(inGrace.keys.map(({ supersededUntil }) => supersededUntil !== undefined)).toEqual([
    false,
    true,
    false,
  ]);

  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...world.current(), REGION: 'eu-north-1' }));
  const copied = await inspectIn(world);
  expect(copied.keys.map(({ supersededUntil }) => supersededUntil)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('names a key that somebody changed and no rotation does', async () => {
  const { world } = await rolledOver();
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...world.current(), REGION: 'eu-north-1' }));

  const { versions } = await inspectIn(world);

  expect(versions.map(({ foreignChange }) => foreignChange)).toContain('REGION');
  expect(versions.find(({ labels }) => labels.includes('AWSCURRENT'))?.foreignChange).toBe(
    undefined,
  );
});

test.each([
  ['no JSON', 'DB_PASSWORD=something', 'SECRET_NOT_JSON_OBJECT'],
  ['no object', '["something"]', 'SECRET_NOT_JSON_OBJECT'],
  ['a key twice', '{"A":"something","A":"else"}', 'SECRET_DUPLICATE_KEY'],
  ['a key less', JSON.stringify({ ...first, DB_PASSWORD: undefined }), 'KEY_MISSING'],
])(
  'a version that holds %s is told as one, and the others are asked about',
  async (_w, text, code) => {
    const { world } = await rolledOver();
    await world.clock.advance(1_000);
    await publish(world, text);

    const { versions } = await inspectIn(world);

    expect(versions[0]).toMatchObject({ labels: ['AWSCURRENT'], problem: { code } });
    expect(await verdictsOf(world, 'API_TOKEN')).toContainEqual(['AWSPREVIOUS', 'accepted']);
  },
);

test('holds no value', async () => {
  const { world } = await rolledOver();
  const values = [first, world.current()].flatMap((each) => Object.values(each));

  const text = JSON.stringify(await inspectIn(world));

  expect(leaksIn(text, values)).toEqual([]);
});
