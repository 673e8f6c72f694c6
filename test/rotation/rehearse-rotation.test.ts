import { describe, expect, test } from 'vitest';
import type { Rotator } from '../../src/rotation/rotator.ts';
import { rehearseRotation } from '../../src/rotation/rehearse-rotation.ts';
import { refused } from './support/rotators.ts';
import { denied } from './support/secrets-manager-wire.ts';
import {
  failureOf,
  first,
  startWorld,
  usualRotators,
  type Ends,
  type World,
  type WorldOptions,
} from './support/world.ts';

const rehearse = (world: World) => rehearseRotation(world.invocation('rehearse'));

/** A rehearsal in a world of its own, which must be what it was afterwards. */
async function rehearsed(options: WorldOptions = {}, prepare?: (world: World) => unknown) {
  const world = await startWorld(options);
  await prepare?.(world);
  const state = () => ({
    written: world.puts.length,
    labels: ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'].map((label) => world.at(label)?.versionId),
    api: world.api.accepted,
    accepted: world.db.accepts(first.DB_PASSWORD),
    booked: world.booked.length,
  });
  const before = state();
  const rehearsal = await rehearse(world);
  expect(state()).toEqual(before);
  return { world, rehearsal };
}

describe('a rehearsal', () => {
  test('makes every check, and rehearses the switch of what holds one credential', async () => {
    const { world, rehearsal } = await rehearsed();

    expect(rehearsal).toEqual({
      secret: world.arn,
      name: 'shop/production',
      at: world.clock.now().toISOString(),
      ready: true,
      obstacles: [],
      keys: [
        { key: 'SIGNING_KEY', rotator: 'own-key', changes: ['SIGNING_KEY'], check: 'passed' },
        { key: 'API_TOKEN', rotator: 'dual', changes: ['API_TOKEN'], check: 'passed' },
        {
          key: 'DB_PASSWORD',
          rotator: 'single',
          changes: ['DB_PASSWORD'],
          check: 'passed',
          rehearsal: 'passed',
        },
      ],
    });
    expect(world.verbs('SIGNING_KEY')).toEqual(['check']);
    expect(world.verbs('API_TOKEN')).toEqual(['check']);
    expect(world.verbs('DB_PASSWORD')).toEqual(['check', 'create', 'install']);
  });

  test('looks at every key, whatever the others say', async () => {
    const { rehearsal } = await rehearsed({}, (world) => {
      world.api.forget(first.API_TOKEN);
      world.timeline.before('SIGNING_KEY.check', refused);
    });

    expect(rehearsal).toMatchObject({
      ready: false,
      obstacles: [],
      keys: [
        { check: 'refused', problem: { code: 'PROVIDER_REFUSED' } },
        { check: 'refused', problem: { code: 'CURRENT_REJECTED', key: 'API_TOKEN' } },
        { check: 'passed', rehearsal: 'passed' },
      ],
    });
  });

  test('tells of a switch that is refused', async () => {
    const { rehearsal } = await rehearsed({ rotators: refusingSwitches });

    expect(rehearsal.ready).toBe(false);
    expect(rehearsal.keys[2]).toMatchObject({
      check: 'passed',
      rehearsal: 'refused',
      problem: { code: 'PROVIDER_REFUSED' },
    });
  });

  test('tells of a key that is missing, and checks the others', async () => {
    const { API_TOKEN: _missing, ...others } = first;

    const { rehearsal } = await rehearsed({ text: JSON.stringify(others) });

    expect(rehearsal).toMatchObject({
      ready: false,
      keys: [
        { check: 'passed' },
        { check: 'refused', problem: { code: 'KEY_MISSING', key: 'API_TOKEN' } },
        { check: 'passed', rehearsal: 'passed' },
      ],
    });
  });

  test('tells of a rotation that is pending, and looks at the keys all the same', async () => {
    const { rehearsal } = await rehearsed({}, (world) => world.rotate('testSecret'));

    expect(rehearsal).toMatchObject({
      ready: false,
      obstacles: [{ code: 'ROTATION_IN_PROGRESS' }],
    });
    expect(rehearsal.keys.map(({ check }) => check)).toEqual(['passed', 'passed', 'passed']);
  });

  test('is not put off by AWSPENDING on the version that was committed', async () => {
    const { rehearsal } = await rehearsed({}, (world) => world.rotate());

    expect(rehearsal.obstacles).toEqual([]);
  });

  test.each([
    ['is no object of keys', { text: '["a", "b"]' }, 'SECRET_NOT_JSON_OBJECT'],
    ['has a derived key that fails', { derived: { URL: failing } }, 'CONFIG_INVALID'],
    ['would grow too large', { derived: { URL: () => 'x'.repeat(70_000) } }, 'VALUE_TOO_LARGE'],
  ])('tells of a secret that %s', async (_what, options, code) => {
    const { rehearsal } = await rehearsed(options);

    expect(rehearsal.ready).toBe(false);
    expect(rehearsal.obstacles.map((each) => each.code)).toEqual([code]);
  });

  test('fails only where the secret itself cannot be described', async () => {
    const world = await startWorld();
    world.timeline.before('describe', denied);

    expect((await failureOf(rehearse(world))).code).toBe('ACCESS_DENIED');
  });
});

const refusingSwitches = (ends: Ends): readonly Rotator[] =>
  usualRotators(ends).map((rotator) =>
    rotator.switch ? { ...rotator, install: async () => refused() } : rotator,
  );

const failing = () => {
  throw new Error('no');
};
