import { expect, test } from 'vitest';
import { anotherVersion, publish, putLabel } from './support/another-version.ts';
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

test('asks about equal credentials once', async () => {
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

/** A database that notes every login, and whether it was refused. */
async function withLogins() {
  const logins: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, db }) => {
      const rotator = single('DB_PASSWORD', db, timeline);
      return [
        {
          ...rotator,
          async probe(call) {
            const verdict = await rotator.probe(call);
            logins.push(verdict);
            return verdict;
          },
          async check(call) {
            await rotator.check(call);
            logins.push('accepted');
          },
        },
      ];
    },
  });
  const holding = (password: string, ...VersionStages: string[]) =>
    anotherVersion(world, JSON.stringify({ ...first, DB_PASSWORD: password }), VersionStages);
  return { world, logins, holding };
}

test('never tries dead credentials more than twice in a row while the published one works', async () => {
  const { world, logins, holding } = await withLogins();
  const known = ['KEYTURN_PROPOSED', 'KEYTURN_MADE', 'AWSPREVIOUS'];
  for (const label of known) await holding(`dead-under-${label}`, label);
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
    await holding(`dead-of-release-${number}`, `release-${number}`);
  }

  const { versions, keys } = await inspectIn(world);

  expect(versions).toHaveLength(12);
  expect(keys[0]?.credentials.map(({ verdict }) => verdict)).toEqual([
    'accepted',
    ...known.map(() => 'rejected'),
  ]);
  expect(logins.join(' ')).not.toContain('rejected rejected rejected');
  expect(logins.at(-1)).toBe('accepted');
});

test('does not try what a receipt says is dead, unless a published credential is refused', async () => {
  const { world, logins, holding } = await withLogins();
  await holding('dead-and-retired', 'AWSPREVIOUS', 'KEYTURN_RETIRED');

  await inspectIn(world);
  expect(logins).not.toContain('rejected');

  await publish(world, JSON.stringify({ ...first, DB_PASSWORD: 'another-password-of-nobody' }));
  const retired = world.at('AWSPREVIOUS')?.versionId ?? '';
  await putLabel(world, 'KEYTURN_RETIRED', retired);
  expect(await verdictsOf(world, 'DB_PASSWORD')).toEqual([
    ['AWSCURRENT', 'rejected'],
    ['AWSPREVIOUS', 'accepted'],
  ]);
});

test('tells what refuses AWSCURRENT as the obstacle, without one more login', async () => {
  const { world, logins } = await withLogins();
  await publish(world, JSON.stringify({ ...first, DB_PASSWORD: 'another-password-of-nobody' }));

  const { keys } = await inspectIn(world);

  expect(keys[0]?.obstacle).toMatchObject({ code: 'CURRENT_REJECTED', key: 'DB_PASSWORD' });
  expect(logins).toEqual(['rejected', 'accepted']);
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
