import { CancelRotateSecretCommand, CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { openSecret } from '../../src/aws/secrets-manager-store.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { publish, putLabel } from './support/another-version.ts';
import { dual, ownKey, refused, single, tellingNewer, unreachable } from './support/rotators.ts';
import { denied, lost } from './support/secrets-manager-wire.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  firstText,
  rotationToken,
  startWorld,
  steps,
} from './support/world.ts';

describe('what a rotation starts from', () => {
  test('refuses while rotation is switched off', async () => {
    const world = await startWorld();
    const token = world.begin();
    await world.client.send(new CancelRotateSecretCommand({ SecretId: world.arn }));

    expect(await codeOf(world.run('createSecret', token))).toBe('ROTATION_NOT_ENABLED');
    expect(world.writes()).toEqual([]);
    expect(world.timeline.only('api.make', 'api.remove', 'db.set')).toEqual([]);
  });

  test('refuses a token that the secret does not know', async () => {
    const world = await startWorld();
    world.begin();
    const stranger = '00000000-0000-4000-8000-000000000000';

    expect(await codeOf(world.run('createSecret', stranger))).toBe('TOKEN_UNKNOWN');
    expect(world.writes()).toEqual([]);
  });

  test('refuses a token whose version is pending no more', async () => {
    const world = await startWorld();
    await world.rotate();
    world.timeline.clear();

    expect(await codeOf(world.run('createSecret', world.firstVersion))).toBe('TOKEN_NOT_PENDING');
    expect(world.writes()).toEqual([]);
  });

  test.each(steps)(
    '%s of a secret without a current version has nothing to rotate from (F-14)',
    async (step) => {
      const world = await startWorld();
      const { ARN: arn = '' } = await world.client.send(new CreateSecretCommand({ Name: 'empty' }));
      const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotate';
      const token = '00000000-0000-4000-8000-000000000001';
      world.manager.beginRotation(arn, { token, functionArn });
      const { signal } = new AbortController();
      const secret = openSecret({ client: world.client, secretId: arn, signal });

      expect(await codeOf(world.run(step, token, { secret, secretId: arn }))).toBe(
        'NO_CURRENT_VERSION',
      );
    },
  );

  test('a version that is current already is verified, healed and left alone', async () => {
    const world = await startWorld();
    const token = await world.rotate();
    const published = world.current();
    world.db.drift(first.DB_PASSWORD);
    world.timeline.clear();
    world.booked.length = 0;

    await world.run('createSecret', token);

    expect(world.current()).toEqual(published);
    expect(world.writes()).toEqual([]);
    expect(world.booked).toEqual([]);
    expect(world.notes()).toEqual(['already-current', 'healed']);
    expectPublishedToWork(world);
  });
});

describe('a stored value is kept', () => {
  test('when the step comes again (F-2)', async () => {
    const world = await startWorld();
    const token = await world.rotate('createSecret');
    const stored = world.pending();
    world.timeline.clear();

    await world.run('createSecret', token);

    expect(world.pending()).toEqual(stored);
    expect(world.timeline.events).toEqual(['describe', 'read', 'read']);
    expect(world.notes()).toEqual(['already-stored']);
  });

  test('when two run at once, and what the slower one made is revoked (F-2)', async () => {
    const world = await startWorld();
    world.api.room = 3;
    const token = world.begin();
    const bothMade = Promise.withResolvers<void>();
    world.timeline.before('put', () => bothMade.promise);
    world.timeline.before('put', () => bothMade.resolve());

    await Promise.all([world.run('createSecret', token), world.run('createSecret', token)]);

    const { API_TOKEN: kept } = world.pending();
    expect(world.api.accepted).toEqual([first.API_TOKEN, kept]);
    expect(world.timeline.only('api.make', 'api.remove')).toHaveLength(3);
    expect(world.notes()).toEqual(['already-stored']);
  });
});

test('a provider is told the ARN of the secret, though the event names it otherwise', async () => {
  const told: string[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, {
        create: async ({ version }) => {
          told.push(version.secret);
          return { API_TOKEN: await api.make() };
        },
      }),
    ],
  });

  await world.run('createSecret', world.begin(), { secretId: 'shop/production' });

  expect(told).toEqual([world.arn]);
});

test('a provider is told what is being made, and what every labelled version holds', async () => {
  const told: unknown[] = [];
  const world = await startWorld({
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, {
        create: async ({ version }) => {
          told.push([version.secret, version.token, await version.labelled()]);
          return { API_TOKEN: await api.make() };
        },
      }),
    ],
  });
  const published = await world.rotate();
  const { API_TOKEN: second } = world.current();

  const token = await world.rotate('createSecret');

  expect(told).toEqual([
    [world.arn, published, [{ API_TOKEN: first.API_TOKEN }]],
    [
      world.arn,
      token,
      expect.arrayContaining([{ API_TOKEN: first.API_TOKEN }, { API_TOKEN: second }]),
    ],
  ]);
});

describe('the order of things', () => {
  test('checks every key, makes ours, then the providers’, and writes once', async () => {
    const world = await startWorld({
      // Declared first, and made last all the same.
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline),
        ownKey('SIGNING_KEY', timeline),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await world.rotate('createSecret');

    expect(world.timeline.events.filter((event) => !/^(read|.*log-in)$/.test(event))).toEqual([
      'describe',
      'API_TOKEN.check',
      'SIGNING_KEY.check',
      'DB_PASSWORD.check',
      'SIGNING_KEY.create',
      'DB_PASSWORD.create',
      'api.make',
      'put',
    ]);
    expectPublishedToWork(world);
  });

  test('a debt is settled after all checks and before anything is made', async () => {
    const world = await startWorld();
    await world.rotate();
    const { API_TOKEN: superseded } = first;
    world.timeline.clear();

    await world.rotate('createSecret');

    const marks = ['API_TOKEN.check', 'DB_PASSWORD.check', 'api.remove', 'SIGNING_KEY.create'];
    expect(world.timeline.only(...marks)).toEqual(marks);
    expect(world.api.accepts(superseded)).toBe(false);
    expect(world.notes()).toEqual(['grace-ended-early', 'retired']);
  });

  test('stores the value as pending and as ours, with the token of the rotation', async () => {
    const world = await startWorld();
    const token = await world.rotate('createSecret');

    expect(world.puts).toEqual([
      {
        ClientRequestToken: token,
        RotationToken: rotationToken,
        VersionStages: ['AWSPENDING', 'KEYTURN_MADE'],
      },
    ]);
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });

  test('leaves every key that is not rotated byte for byte', async () => {
    const world = await startWorld();
    await world.rotate('createSecret');

    const { API_TOKEN, DB_PASSWORD, SIGNING_KEY } = world.pending();
    const expected = firstText
      .replace(first.API_TOKEN, API_TOKEN ?? '')
      .replace(first.DB_PASSWORD, DB_PASSWORD ?? '')
      .replace(first.SIGNING_KEY, SIGNING_KEY ?? '');
    expect(world.at('AWSPENDING')?.secretString).toBe(expected);
  });
});

describe('what a provider may ask about the version before', () => {
  test('its own keys of AWSPREVIOUS', async () => {
    expect(await asked(firstText)).toEqual([{ API_TOKEN: first.API_TOKEN }]);
  });

  test('nothing, where that is no JSON object', async () => {
    expect(await asked('it was plain text once')).toEqual([undefined]);
  });
});

describe('a failure while values are made', () => {
  test('of the kind that passes leaves everything for the next call', async () => {
    const world = await startWorld();
    world.timeline.before('put', lost);
    const token = world.begin();

    expect(await codeOf(world.run('createSecret', token))).toBe('UNREACHABLE');

    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.timeline.only('api.remove')).toEqual([]);
  });

  test('a lost answer of the write is found out by the next call (F-2)', async () => {
    const world = await startWorld();
    world.timeline.after('put', lost);
    const token = world.begin();
    expect(await codeOf(world.run('createSecret', token))).toBe('UNREACHABLE');
    const stored = world.pending();

    await world.run('createSecret', token);

    expect(world.pending()).toEqual(stored);
    expect(world.timeline.only('api.make')).toHaveLength(1);
  });

  test('of the permanent kind revokes what the provider made, as the newer one', async () => {
    const told: string[] = [];
    const world = await startWorld({
      rotators: ({ timeline, api, db }) => [
        tellingNewer(dual('API_TOKEN', api, timeline), told),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    world.timeline.before('put', denied);
    const token = world.begin();

    expect(await codeOf(world.run('createSecret', token))).toBe('ACCESS_DENIED');

    expect(told).toEqual(['victim']);
    expect(world.verbs('API_TOKEN')).toEqual(['check', 'create', 'revoke']);
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expectPublishedToWork(world);
  });

  test('is reported as it was when even the revoking fails', async () => {
    const world = await startWorld();
    world.timeline.before('put', denied);
    world.timeline.before('api.remove', unreachable);
    const token = world.begin();

    expect(await codeOf(world.run('createSecret', token))).toBe('ACCESS_DENIED');

    expect(world.notes()).toEqual(['undo-unfinished']);
    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('of one key makes nothing for the keys behind it', async () => {
    const world = await startWorld();
    world.timeline.before('DB_PASSWORD.create', refused);
    const token = world.begin();

    const error = await failureOf(world.run('createSecret', token));

    expect(error).toBeInstanceOf(RotationError);
    expect(error).toMatchObject({ code: 'PROVIDER_REFUSED', key: 'DB_PASSWORD' });
    expect(error.step).toBe('createSecret');
    expect(world.timeline.only('api.make', 'put')).toEqual([]);
  });
});

test('what was undone is nothing to a rotation where that is no JSON object', async () => {
  const given: unknown[] = [];
  const world = await startWorld({
    text: 'it was plain text once',
    rotators: ({ timeline }) => [
      ownKey('SIGNING_KEY', timeline, {
        create: async ({ undone }) => {
          given.push(undone);
          return { SIGNING_KEY: 'own-key-of-the-second-day' };
        },
      }),
    ],
  });
  await publish(world, firstText);
  await putLabel(world, 'KEYTURN_UNDONE', world.firstVersion);

  await world.rotate();

  expect(given).toEqual([undefined]);
  expect(world.current().SIGNING_KEY).toBe('own-key-of-the-second-day');
});

/** What a rotator is answered that asks for AWSPREVIOUS, where that holds such a text. */
async function asked(text: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  const world = await startWorld({
    text,
    rotators: ({ timeline, api }) => [
      dual('API_TOKEN', api, timeline, {
        graceMs: 0,
        create: async ({ superseded }) => {
          answers.push(await superseded());
          return { API_TOKEN: await api.make() };
        },
      }),
    ],
  });
  await publish(world, JSON.stringify({ ...first, REGION: 'us-east-1' }));
  await world.rotate('createSecret');
  return answers;
}
