import { describe, expect, test } from 'vitest';
import configureAll from '../../rotation.config.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { anyCall } from '../support/calling.ts';
import { expectTold } from '../support/expect-told.ts';
import { read, key, twilio, database, entry, refusal } from './configuration-entries.ts';

describe('the plan for a secret', () => {
  const configuration = read([
    entry({ secret: 'app/*' }),
    entry({ secret: 'other/production', keys: { TWILIO_AUTH_TOKEN: twilio } }),
    entry({ secret: 'other/{production,testing}' }),
  ]);

  test('is that of the entry whose pattern matches', () => {
    const { rotators } = configuration.planFor('app/testing');

    expect(rotators.map(({ kind, key: name }) => [kind, name])).toEqual([
      ['random-key', 'SECRET_KEY'],
    ]);
  });

  test('has fresh rotators each time, since they remember within one invocation', () => {
    const [one, other] = [configuration.planFor('app/a'), configuration.planFor('app/a')];

    expect(one.rotators[0]).not.toBe(other.rotators[0]);
  });

  test('has guarded rotators: what they throw names the key and shows no value', async () => {
    const [rotator] = configuration.planFor('app/a').rotators;
    const secret = 'a-value-that-nobody-may-see';
    const error: unknown = await rotator
      ?.check({
        ...anyCall(),
        current: { SECRET_KEY: secret, SECRET_KEY_FALLBACKS: secret },
      })
      .catch((thrown: unknown) => thrown);

    expect(expectTold(error, { secrets: [secret] }).key).toBe('SECRET_KEY_FALLBACKS');
  });

  test.each(['app', 'app/a/b', 'application/a', 'nothing'])('is missing for %s', (name) => {
    const error = refusal(() => configuration.planFor(name));

    expect(expectTold(error).code).toBe('SECRET_NOT_CONFIGURED');
  });

  test('is refused where two entries match', () => {
    const error = refusal(() => configuration.planFor('other/production'));

    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(/other\/production and other\/\{production,testing\} both match/);
  });
});

describe('what a configuration needs', () => {
  test.each<[string, object, readonly string[], boolean, number]>([
    ['a key of our own', { SECRET_KEY: key }, [], false, Infinity],
    ['a Twilio token', { T: twilio }, [], true, 3_600_000],
    ['an instance', { DB: database }, ['rds:instance/reminders'], true, Infinity],
    [
      'a cluster',
      { DB: { rotator: 'rds-master-password', cluster: 'c' } },
      ['rds:cluster/c'],
      true,
      Infinity,
    ],
    [
      'all of them',
      { SECRET_KEY: key, T: { ...twilio, grace: '90s' }, DB: database },
      ['rds:instance/reminders'],
      true,
      90_000,
    ],
    ['nothing', {}, [], false, Infinity],
  ])('%s', (_, keys, grants, books, shortestGraceMs) => {
    expect(read([entry({ keys })])).toMatchObject({ grants, books, shortestGraceMs });
  });

  test('is what all its entries need, each grant once', () => {
    const entries = [
      entry({ secret: 'a', keys: { DB: database, T: { ...twilio, grace: '24h' } } }),
      entry({ secret: 'b', keys: { DB: database, T: { ...twilio, grace: '5m' } } }),
    ];

    expect(read(entries)).toMatchObject({
      grants: ['rds:instance/reminders'],
      shortestGraceMs: 300_000,
      longestGraceMs: 86_400_000,
    });
  });

  test('no grace is one of nothing', () => {
    expect(read([entry({ keys: { T: { ...twilio, grace: '0s' } } })])).toMatchObject({
      books: false,
      shortestGraceMs: Infinity,
      longestGraceMs: 0,
    });
  });
});

describe('the configuration that comes with the project', () => {
  test.each([
    [{}, ['SECRET_KEY']],
    [{ KEYTURN_DB_INSTANCE: 'db' }, ['SECRET_KEY', 'DB_PASSWORD']],
    [{ KEYTURN_DB_CLUSTER: 'db', KEYTURN_DB_VERIFY: 'describe' }, ['SECRET_KEY', 'DB_PASSWORD']],
    [{ KEYTURN_ROTATE_TWILIO: 'true' }, ['SECRET_KEY', 'TWILIO_AUTH_TOKEN']],
    [{ KEYTURN_ROTATE_TWILIO: 'false' }, ['SECRET_KEY']],
    [{ KEYTURN_DB_ROTATOR: 'rds-master-password' }, ['SECRET_KEY']],
    [
      { KEYTURN_DB_ROTATOR: 'postgres-password', KEYTURN_DB_HOST: 'db' },
      ['SECRET_KEY', 'DB_PASSWORD'],
    ],
    [
      {
        KEYTURN_DB_ROTATOR: 'postgres-alternating',
        KEYTURN_DB_CLUSTER: 'db',
        KEYTURN_DB_PORT: '5433',
        KEYTURN_DB_USERS: 'a,b',
        KEYTURN_DB_ADMIN_SECRET: 'admin',
      },
      ['SECRET_KEY', 'DB_PASSWORD'],
    ],
    [
      { KEYTURN_DB_ROTATOR: 'mysql-password', KEYTURN_DB_USER: 'app' },
      ['SECRET_KEY', 'DB_PASSWORD'],
    ],
    [
      { KEYTURN_DB_ROTATOR: 'mysql-password', KEYTURN_DB_PASSWORDS: 'one' },
      ['SECRET_KEY', 'DB_PASSWORD'],
    ],
    [{ KEYTURN_ROTATE_TWILIO_API_KEY: 'true' }, ['SECRET_KEY', 'TWILIO_API_KEY_SECRET']],
  ])('is sound with %j', (env, keys) => {
    const { rotators } = read(configureAll(env)).planFor('reminder-app/production');

    expect(rotators.map(({ key: name }) => name)).toEqual(keys);
  });

  test('names only rotators that there are', () => {
    expect(rotatorKinds.map(({ name }) => name).toSorted()).toEqual([
      'mysql-password',
      'postgres-alternating',
      'postgres-password',
      'random-key',
      'rds-master-password',
      'twilio-api-key',
      'twilio-auth-token',
    ]);
  });
});
