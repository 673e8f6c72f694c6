import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import { currentRejected } from '../../src/rotation/rejections.ts';
import { unreachable } from './support/rotators.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  firstText,
  startWorld,
  usualRotators,
  type World,
} from './support/world.ts';

test('a version that is current already is verified and left alone', async () => {
  const world = await startWorld();
  const token = await world.rotate();
  world.timeline.clear();

  await world.run('testSecret', token);

  expect(world.notes()).toEqual(['already-current']);
  expect(world.writes()).toEqual([]);
  expect(world.timeline.only('db.rehearse', 'book retire-3600s')).toEqual([]);
});

describe('the vote', () => {
  test('asks every system about what is pending, and changes nothing', async () => {
    const world = await startWorld();
    const token = await world.rotate('setSecret');
    const accepted = world.api.accepted;
    world.timeline.clear();

    await world.run('testSecret', token);

    expect(world.timeline.events).toEqual(['read', 'read', 'api.log-in', 'db.rehearse']);
    expect(world.api.accepted).toEqual(accepted);
    expectPublishedToWork(world);
  });

  test('a pending credential that is refused is never published: all is taken back', async () => {
    const world = await startWorld();
    const token = await world.rotate('setSecret');
    world.api.forget(world.pending().API_TOKEN ?? '');

    const error = await failureOf(world.run('testSecret', token));

    expect(error).toMatchObject({ code: 'PENDING_REJECTED', key: 'API_TOKEN', step: 'testSecret' });
    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });

  test('a system that gives no answer refuses nothing: everything stays', async () => {
    const world = await startWorld();
    const token = await world.rotate('setSecret');
    const pending = world.pending();
    world.timeline.before('api.log-in', unreachable);

    expect(await codeOf(world.run('testSecret', token))).toBe('UNREACHABLE');

    expect(world.pending()).toEqual(pending);
    expect(world.api.accepts(pending.API_TOKEN ?? '')).toBe(true);
    expect(world.timeline.only('api.remove')).toEqual([]);
  });

  test('a system that cannot be asked from here is no obstacle, and is said so', async () => {
    const world = await startWorld({
      rotators: (ends) =>
        usualRotators(ends).map((rotator) => ({ ...rotator, probe: async () => 'unknown' })),
    });
    await world.rotate('testSecret');

    expect(world.notes()).toEqual(['unverifiable', 'unverifiable']);
  });
});

/** What "rotate immediately" off does: a pending version that holds a copy of the current value. */
async function copied(world: World, text = firstText): Promise<string> {
  const token = world.begin();
  const request = { SecretId: world.arn, ClientRequestToken: token, SecretString: text };
  await world.client.send(new PutSecretValueCommand({ ...request, VersionStages: ['AWSPENDING'] }));
  world.timeline.clear();
  return token;
}

function expectUnchanged({ at, api, writes, firstVersion }: World, token: string): void {
  expect(writes()).toEqual([]);
  expect(at('AWSPENDING')?.versionId).toBe(token);
  expect(at('AWSCURRENT')?.versionId).toBe(firstVersion);
  expect(api.accepted.filter((value) => value !== first.API_TOKEN)).toEqual([]);
}

describe('alone, on a copy of the current value', () => {
  test('passes on a healthy set-up, and changes nothing', async () => {
    const world = await startWorld();
    const token = await copied(world);

    await world.run('testSecret', token);

    expectUnchanged(world, token);
    expect(world.timeline.only('db.set', 'api.make', 'api.add', 'api.remove')).toEqual([]);
  });

  test.each([
    {
      what: 'a credential that drifted, of a system that holds two',
      sicken: ({ api }: World) => api.forget(first.API_TOKEN),
      code: 'CURRENT_REJECTED',
    },
    {
      what: 'a credential that drifted, of a system that holds one',
      sicken: ({ db }: World) => db.drift('set by hand'),
      code: 'CURRENT_REJECTED',
    },
    {
      what: 'a system out of reach',
      sicken: ({ timeline }: World) => timeline.before('api.log-in', unreachable),
      code: 'UNREACHABLE',
    },
    {
      what: 'a set-up in which a rotation could not succeed',
      sicken: ({ timeline }: World) => timeline.before('DB_PASSWORD.check', unsuitable),
      code: 'INSTANCE_UNSUITABLE',
    },
  ])('throws on $what, and changes nothing', async ({ sicken, code }) => {
    const world = await startWorld();
    const token = await copied(world);
    sicken(world);

    expect(await codeOf(world.run('testSecret', token))).toBe(code);

    expectUnchanged(world, token);
    expect(world.timeline.only('db.set', 'api.make', 'api.add', 'api.remove')).toEqual([]);
    expect(world.notes()).toEqual([]);
  });

  test('throws on a value that lacks a configured key', async () => {
    const text = JSON.stringify({ ...first, DB_PASSWORD: undefined });
    const world = await startWorld({ text });
    const token = await copied(world, text);

    const error = await failureOf(world.run('testSecret', token));

    expect(error).toMatchObject({ code: 'KEY_MISSING', key: 'DB_PASSWORD' });
    expectUnchanged(world, token);
  });

  test('names the key and the step', async () => {
    const world = await startWorld();
    const token = await copied(world);
    world.db.drift('set by hand');

    const error = await failureOf(world.run('testSecret', token));

    expect(error).toMatchObject({ key: 'DB_PASSWORD', step: 'testSecret' });
    expect(error.message).toBe(currentRejected('DB_PASSWORD').message);
  });
});

const unsuitable = () => {
  throw new RotationError('INSTANCE_UNSUITABLE', 'The test says that it is managed elsewhere.');
};
