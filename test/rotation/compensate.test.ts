import { describe, expect, test } from 'vitest';
import { anotherVersion, makeCurrent, takeOff } from './support/another-version.ts';
import {
  dual,
  ownKey,
  refused,
  single,
  tellingNewer,
  textAt,
  unreachable,
} from './support/rotators.ts';
import { denied, lost } from './support/secrets-manager-wire.ts';
import { SingleService } from './support/systems.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  steps,
  type Ends,
} from './support/world.ts';

/** The cache is switched before the database, since it is slower. */
const twoSwitches = ({ timeline, api, db }: Ends) => [
  single('SIGNING_KEY', new SingleService('cache', first.SIGNING_KEY, timeline), timeline, {
    switchBudgetMs: 60_000,
  }),
  single('DB_PASSWORD', db, timeline),
  dual('API_TOKEN', api, timeline),
];

describe('a permanent failure takes the rotation back', () => {
  test('in reverse: switched back, revoked, and only then AWSPENDING comes off', async () => {
    const world = await startWorld({ rotators: twoSwitches });
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', refused);
    world.timeline.events.length = 0;

    const error = await failureOf(world.run('finishSecret', token));

    expect(error).toMatchObject({ code: 'PROVIDER_REFUSED', key: 'DB_PASSWORD' });
    expect(
      world.timeline.only(
        'cache.set',
        'db.set',
        'api.remove',
        'drop AWSPENDING',
        'move AWSCURRENT',
      ),
    ).toEqual(['cache.set', 'db.set', 'api.remove', 'cache.set', 'drop AWSPENDING']);
    expect(world.notes()).toEqual(['undone']);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expectPublishedToWork(world);
  });

  test('so that the next rotation starts fresh, and succeeds (F-1)', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', refused);
    await codeOf(world.run('finishSecret', token));

    const next = await world.rotate();

    expect(world.at('AWSCURRENT')?.versionId).toBe(next);
    expectPublishedToWork(world);
  });

  test('skipping keys whose pending value equals current’s, even in a system out of reach', async () => {
    const world = await startWorld({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline, { create: async () => ({}) }),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', () => {
      world.timeline.before('api.log-in', unreachable);
      refused();
    });

    expect(await codeOf(world.run('finishSecret', token))).toBe('PROVIDER_REFUSED');

    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(world.at('AWSPENDING')).toBeUndefined();
  });

  test('a system that cannot be asked is set to the current credential again', async () => {
    const world = await startWorld({
      rotators: ({ timeline, db }) => [
        single('DB_PASSWORD', db, timeline, {
          probe: async () => 'unknown',
          switch: async ({ to }) => db.set(textAt(to, 'DB_PASSWORD')),
        }),
      ],
    });
    const token = await world.rotate('testSecret');
    world.timeline.before('move AWSCURRENT', denied, 2);

    expect(await codeOf(world.run('finishSecret', token))).toBe('ACCESS_DENIED');

    expect(world.timeline.only('db.set')).toHaveLength(2);
    expect(world.db.accepts(first.DB_PASSWORD)).toBe(true);
  });
});

test('a credential beside another is revoked as the newer one, and then the current one is asked for', async () => {
  const told: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api, db }) => [
      tellingNewer(dual('API_TOKEN', api, timeline), told),
      single('DB_PASSWORD', db, timeline),
    ],
  });
  const token = await world.rotate('setSecret');
  world.timeline.before('db.rehearse', () => {
    world.timeline.events.length = 0;
    refused();
  });

  await codeOf(world.run('testSecret', token));

  expect(told).toEqual(['victim']);
  expect(world.timeline.only('api.log-in', 'api.remove')).toEqual([
    'api.log-in',
    'api.remove',
    'api.log-in',
  ]);
});

test('a system whose credential somebody else changed is left as it is', async () => {
  const world = await startWorld();
  const token = await world.rotate('testSecret');
  world.timeline.before('db.set', () => {
    world.db.drift('set by hand');
    refused();
  });

  expect(await codeOf(world.run('finishSecret', token))).toBe('PROVIDER_REFUSED');

  expect(world.db.accepts('set by hand')).toBe(true);
  expect(world.timeline.only('db.set')).toHaveLength(1);
  expect(world.at('AWSPENDING')?.versionId).toBe(token);
  expect(world.entries).toContainEqual(
    expect.objectContaining({ note: 'undo-unfinished', key: 'DB_PASSWORD' }),
  );
});

describe('a failure that passes takes nothing back', () => {
  test.each(steps.filter((step) => step !== 'createSecret'))('in %s', async (step) => {
    const world = await startWorld();
    const before = steps[steps.indexOf(step) - 1];
    const token = await world.rotate(before);
    const pending = world.pending();
    world.timeline.before('api.log-in', unreachable);
    world.timeline.events.length = 0;

    expect(await codeOf(world.run(step, token))).toBe('UNREACHABLE');

    expect(world.writes()).toEqual([]);
    expect(world.timeline.only('db.set', 'api.remove')).toEqual([]);
    expect(world.pending()).toEqual(pending);
    expect(world.notes()).toEqual([]);
    await world.run(step, token);
  });
});

describe('taking back that fails itself', () => {
  test('leaves AWSPENDING, is reported, and hides not what went wrong first', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', refused);
    world.timeline.before('api.remove', unreachable);

    expect(await codeOf(world.run('finishSecret', token))).toBe('PROVIDER_REFUSED');

    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.entries).toContainEqual({
      kind: 'note',
      step: 'finishSecret',
      note: 'undo-unfinished',
      key: 'API_TOKEN',
      message: expect.stringContaining('UNREACHABLE'),
    });
  });

  test('for one key brings the others back all the same', async () => {
    const world = await startWorld({ rotators: twoSwitches });
    const token = await world.rotate('testSecret');
    const { SIGNING_KEY: pendingKey = '' } = world.pending();
    world.timeline.before('db.set', refused);
    world.timeline.before('api.remove', unreachable);

    expect(await codeOf(world.run('finishSecret', token))).toBe('PROVIDER_REFUSED');

    expect(world.timeline.only('cache.set')).toHaveLength(2);
    expect(pendingKey).not.toBe('');
    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('is finished by the next call', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', refused, 2);
    world.timeline.before('drop AWSPENDING', lost);
    await codeOf(world.run('finishSecret', token));
    expect(world.at('AWSPENDING')?.versionId).toBe(token);

    await codeOf(world.run('finishSecret', token));

    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expectPublishedToWork(world);
  });

  test('where the current credential is dead too, AWSPENDING stays for a person to see', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('db.set', () => {
      world.api.forget(first.API_TOKEN);
      refused();
    });

    expect(await codeOf(world.run('finishSecret', token))).toBe('PROVIDER_REFUSED');

    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.notes()).toEqual(['undo-unfinished']);
  });
});

describe('a call that comes late', () => {
  test.each(steps)('%s of a rotation before the last ends no grace', async (step) => {
    const world = await startWorld();
    const earlier = await world.rotate();
    const { API_TOKEN: superseded = '' } = world.current();
    await world.rotate();
    expect(world.at('AWSPREVIOUS')?.versionId).toBe(earlier);
    world.timeline.clear();

    expect(await codeOf(world.run(step, earlier))).toBe('TOKEN_NOT_PENDING');

    expect(world.timeline.only('api.remove', 'db.set')).toEqual([]);
    expect(world.writes()).toEqual([]);
    expect(world.api.accepts(superseded)).toBe(true);
    expectPublishedToWork(world);
  });

  test('of a rotation that was abandoned revokes what that one had made', async () => {
    const world = await startWorld();
    const token = await world.rotate('setSecret');
    await takeOff(world, 'AWSPENDING');

    expect(await codeOf(world.run('testSecret', token))).toBe('TOKEN_NOT_PENDING');

    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expect(world.notes()).toEqual(['undone']);
    expectPublishedToWork(world);
  });
});

test('an abandoned rotation takes nothing back beside the one that came after it', async () => {
  const world = await startWorld();
  const abandoned = await world.rotate('setSecret');
  const { API_TOKEN: made = '' } = world.pending();
  world.begin();
  await world.db.set('switched by the one that came after');
  world.timeline.clear();

  expect(await codeOf(world.run('testSecret', abandoned))).toBe('TOKEN_NOT_PENDING');

  expect(world.timeline.only('api.remove', 'db.set')).toEqual([]);
  expect(world.writes()).toEqual([]);
  expect(world.api.accepts(made)).toBe(true);
});

test('a label move that arrives while the rotation is taken back is seen, and taken back too', async () => {
  const world = await startWorld({
    rotators: ({ timeline, db }) => [
      ownKey('SIGNING_KEY', timeline),
      single('DB_PASSWORD', db, timeline),
    ],
  });
  const token = await world.rotate('testSecret');
  world.timeline.before('move AWSCURRENT', denied, 2);
  world.timeline.before('drop AWSPENDING', () => makeCurrent(world, token));

  expect(await codeOf(world.run('finishSecret', token))).toBe('ACCESS_DENIED');

  expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  expect(world.notes()).toEqual(['undone']);
  expectPublishedToWork(world);
});

test('a rotation is taken back to what is current by then', async () => {
  const world = await startWorld();
  const theirs = await anotherVersion(world, JSON.stringify({ ...first, REGION: 'us-east-1' }));
  const token = await world.rotate('testSecret');
  await makeCurrent(world, theirs);

  expect(await codeOf(world.run('finishSecret', token))).toBe('CURRENT_CHANGED');

  expect(world.current().REGION).toBe('us-east-1');
  expectPublishedToWork(world);
});
