import { expect, test } from 'vitest';
import { makeCurrent, takeOff } from './support/another-version.ts';
import { dual, ownKey, refused, single, unreachable } from './support/rotators.ts';
import {
  codeOf,
  expectPublishedToWork,
  first,
  startWorld,
  usualRotators,
  type Ends,
} from './support/world.ts';

/** As usual, but the dual credential is made by us, so that it must be installed. */
const installing = ({ timeline, api, db }: Ends) => [
  ownKey('SIGNING_KEY', timeline),
  dual('API_TOKEN', api, timeline, { madeByProvider: false }),
  single('DB_PASSWORD', db, timeline),
];

test('makes the new credential work beside the old, and only rehearses a switch', async () => {
  const world = await startWorld({ rotators: installing });
  await world.rotate('createSecret');
  expect(world.api.accepted).toEqual([first.API_TOKEN]);

  await world.rotate('setSecret');

  const { API_TOKEN } = world.pending();
  expect(world.api.accepted).toEqual([first.API_TOKEN, API_TOKEN]);
  expect(world.timeline.only('db.rehearse')).toHaveLength(1);
  expect(world.timeline.only('db.set')).toEqual([]);
  expectPublishedToWork(world);
});

test('may run twice', async () => {
  const world = await startWorld({ rotators: installing });
  const token = await world.rotate('setSecret');
  const accepted = world.api.accepted;

  await world.run('setSecret', token);

  expect(world.api.accepted).toEqual(accepted);
});

test('leaves keys alone whose value did not change', async () => {
  const world = await startWorld({
    rotators: (ends) =>
      usualRotators(ends).map((rotator) => ({ ...rotator, create: async () => ({}) })),
  });
  await world.rotate('setSecret');

  expect(world.timeline.only('db.rehearse', 'api.add')).toEqual([]);
});

test('a version without a value waits for createSecret', async () => {
  const world = await startWorld();
  const token = world.begin();

  expect(await codeOf(world.run('setSecret', token))).toBe('PENDING_WITHOUT_VALUE');

  expect(world.writes()).toEqual([]);
  expect(world.at('AWSPENDING')?.versionId).toBe(token);
});

test('a version that is current already is verified and left alone', async () => {
  const world = await startWorld({ behaviour: { pendingAfterSuccess: 'removed' } });
  const token = await world.rotate();
  world.timeline.clear();

  await world.run('setSecret', token);

  expect(world.notes()).toEqual(['already-current']);
  expect(world.writes()).toEqual([]);
});

test('a version that another call makes current in between is verified and left alone', async () => {
  const world = await startWorld();
  const token = await world.rotate('testSecret');
  await world.db.set(world.pending().DB_PASSWORD ?? '');
  await takeOff(world, 'AWSPENDING');
  world.timeline.before('describe', () => makeCurrent(world, token));

  await world.run('setSecret', token);

  expect(world.notes()).toEqual(['already-current']);
  expectPublishedToWork(world);
});

test('keeps everything when a system cannot be reached', async () => {
  const world = await startWorld({ rotators: installing });
  const token = await world.rotate('createSecret');
  const pending = world.pending();
  world.timeline.before('db.rehearse', unreachable);

  expect(await codeOf(world.run('setSecret', token))).toBe('UNREACHABLE');

  expect(world.pending()).toEqual(pending);
  expect(world.api.accepts(pending.API_TOKEN ?? '')).toBe(true);
  expectPublishedToWork(world);
});

test('takes the rotation back when a system refuses for good', async () => {
  const world = await startWorld({ rotators: installing });
  const token = await world.rotate('createSecret');
  world.timeline.before('db.rehearse', refused);

  expect(await codeOf(world.run('setSecret', token))).toBe('PROVIDER_REFUSED');

  expect(world.at('AWSPENDING')).toBeUndefined();
  expect(world.api.accepted).toEqual([first.API_TOKEN]);
  expect(world.notes()).toEqual(['undone']);
  expectPublishedToWork(world);
});
