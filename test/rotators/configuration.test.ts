import { describe, expect, test } from 'vitest';
import configureAll from '../../rotation.config.ts';
import { systemClock } from '../../src/handlers/system-clock.ts';
import { RotationError, type ErrorCode } from '../../src/rotation/errors.ts';
import { readConfiguration } from '../../src/rotators/configuration.ts';
import type { Systems } from '../../src/rotators/kind.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { expectTold } from '../support/expect-told.ts';
import { anyCall } from '../support/calling.ts';

const unused = async (): Promise<never> => expect.unreachable('no system is reached for');
const systems: Systems = {
  clock: systemClock,
  openRds: unused,
  openTwilioAccount: unused,
  openTwilioKeys: unused,
  postgres: { logIn: unused, open: unused },
  mysql: { logIn: unused, open: unused },
  readSecret: unused,
};

const read = (entries: unknown) => readConfiguration(entries, systems);

const key = { rotator: 'random-key' };
const twilio = { rotator: 'twilio-auth-token' };
const database = { rotator: 'rds-master-password', instance: 'reminders' };

const role = { rotator: 'postgres-password', host: 'db.internal', user: 'app_a' };
const pair = {
  rotator: 'postgres-alternating',
  host: 'db.internal',
  users: ['app_a', 'app_b'],
  adminSecret: 'shop/admin',
};
const user = { rotator: 'mysql-password', host: 'db.internal', user: 'app' };
const ofSecret = (at: object) => ({ rotator: 'postgres-password', hostKey: 'DB_HOST', ...at });
const ofInstance = (at: object) => ({ rotator: 'postgres-password', instance: 'shop', ...at });

const apiKey = { rotator: 'twilio-api-key' };

const entry = (more: object = {}) => ({
  secret: 'app/production',
  keys: { SECRET_KEY: key },
  ...more,
});

const keyed = (secret: string, adminSecret: string) =>
  read([{ secret, keys: { DB_PASSWORD: { ...role, adminSecret } } }]);

function refusal(run: () => unknown): RotationError {
  try {
    run();
  } catch (error) {
    if (error instanceof RotationError) return error;
    throw error;
  }
  return expect.unreachable('it was accepted');
}

describe('a configuration that is refused', () => {
  test.each<[string, unknown, ErrorCode, RegExp]>([
    ['is no list', {}, 'CONFIG_INVALID', /Array/],
    ['has an entry without a name', [entry({ secret: '' })], 'CONFIG_INVALID', /secret/],
    ['has an entry without keys', [{ secret: 'app' }], 'CONFIG_INVALID', /keys/],
    ['has an unknown field', [entry({ grace: '1h' })], 'CONFIG_INVALID', /grace/],
    ['has a key without a rotator', [entry({ keys: { A: {} } })], 'CONFIG_INVALID', /rotator/],
    [
      'has a derived key that is no function',
      [entry({ derived: { URL: 'x' } })],
      'CONFIG_INVALID',
      /function/,
    ],
    [
      'names an unknown rotator',
      [entry({ keys: { A: { rotator: 'magic' } } })],
      'UNKNOWN_ROTATOR',
      /"magic".*random-key, rds-master-password, twilio-auth-token/,
    ],
    [
      'has an unknown option',
      [entry({ keys: { A: { ...key, lenght: 64 } } })],
      'CONFIG_INVALID',
      /random-key for the key A of app\/production[^]*lenght/,
    ],
    [
      'has an option out of range',
      [entry({ keys: { A: { ...key, length: 8 } } })],
      'CONFIG_INVALID',
      /length/,
    ],
    [
      'names neither instance nor cluster',
      [entry({ keys: { A: { rotator: 'rds-master-password' } } })],
      'CONFIG_INVALID',
      /either an instance or a cluster/,
    ],
    [
      'names both',
      [entry({ keys: { A: { ...database, cluster: 'c' } } })],
      'CONFIG_INVALID',
      /either an instance or a cluster/,
    ],
    [
      'has an empty instance',
      [entry({ keys: { A: { ...database, instance: '' } } })],
      'CONFIG_INVALID',
      /instance/,
    ],
    [
      'has an unknown tls',
      [entry({ keys: { A: { ...database, tls: 'prefer' } } })],
      'CONFIG_INVALID',
      /tls/,
    ],
    [
      'has an unknown verify',
      [entry({ keys: { A: { ...database, verify: 'hope' } } })],
      'CONFIG_INVALID',
      /verify/,
    ],
    [
      'has a grace that is no duration',
      [entry({ keys: { A: { ...twilio, grace: 60 } } })],
      'CONFIG_INVALID',
      /grace/,
    ],
  ])('%s', (_, entries, code, words) => {
    const error = refusal(() => read(entries));

    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.retryable).toBe(false);
  });

  test.each<[string, object]>([
    ['two rotators keep their fallbacks under one key', { keys: { A: key, B: key } }],
    [
      'a rotator writes the fallbacks of another',
      { keys: { A: key, SECRET_KEY_FALLBACKS: { ...key, fallbacksKey: 'OTHER' } } },
    ],
    ['a key is rotated and derived', { derived: { SECRET_KEY: () => '' } }],
    ['fallbacks are derived', { derived: { SECRET_KEY_FALLBACKS: () => '' } }],
    ['a key is its own fallback', { keys: { A: { ...key, fallbacksKey: 'A' } } }],
  ])('has a key claimed twice: %s', (_, more) => {
    const error = expectTold(
      refusal(() => read([entry(more)])),
      { code: 'KEY_CLAIMED_TWICE' },
    );

    expect(error.key).toMatch(/^(A|SECRET_KEY|SECRET_KEY_FALLBACKS)$/);
  });

  test('two keys cannot hold the one password of the same database', () => {
    const rds = { rotator: 'rds-master-password', instance: 'app' };
    const error = expectTold(
      refusal(() => read([{ secret: 'app/production', keys: { ONE: rds, OTHER: rds } }])),
      { code: 'KEY_CLAIMED_TWICE' },
    );

    expect(error.message).toContain('the master password of the instance app');
  });

  test.each<[string, object, object, string]>([
    [
      'by an equal entry',
      role,
      role,
      'the password of the PostgreSQL role app_a at db.internal:5432',
    ],
    ['with the port said once', role, { ...role, port: 5432 }, 'app_a at db.internal:5432'],
    ['with the host in capitals', role, { ...role, host: 'DB.Internal.' }, 'at db.internal:5432'],
    ['by another database of it', role, { ...role, database: 'x' }, 'the PostgreSQL role app_a'],
    ['alone and in turns', role, pair, 'the password of the PostgreSQL role app_a'],
    ['in turns with two others', { ...pair, users: ['c', 'app_b'], userKey: 'U' }, pair, 'app_b'],
    ['of MySQL', user, { ...user, port: 3306 }, 'the MySQL user app at db.internal:3306'],
    [
      'under keys',
      ofSecret({ userKey: 'DB_USER' }),
      ofSecret({ userKey: 'DB_USER' }),
      'the PostgreSQL role under DB_USER at the host under DB_HOST, port 5432',
    ],
    [
      'under a port key',
      ofSecret({ user: 'app', portKey: 'P' }),
      ofSecret({ user: 'app', portKey: 'P', port: 1 }),
      'app at the host under DB_HOST, the port under P',
    ],
    [
      'of one instance, which has one port',
      ofInstance({ user: 'app' }),
      ofInstance({ user: 'app', instance: 'Shop', port: 5433 }),
      'app at the instance shop',
    ],
  ])('two keys cannot hold the password of one user: %s', (_, one, other, words) => {
    const error = expectTold(
      refusal(() => read([{ secret: 'app/production', keys: { ONE: one, OTHER: other } }])),
      { code: 'KEY_CLAIMED_TWICE' },
    );

    expect(error.message).toContain('ONE and OTHER of app/production');
    expect(error.message).toContain(words);
  });

  test.each<[string, object, object]>([
    ['another user', role, { ...role, user: 'app_c' }],
    ['another host', role, { ...role, host: 'other.internal' }],
    ['another port', role, { ...role, port: 5433 }],
    ['other pairs', pair, { ...pair, users: ['c', 'd'], userKey: 'U' }],
    ['pairs of the same names elsewhere', pair, { ...pair, port: 5433, userKey: 'U' }],
    ['another engine', role, { ...user, user: 'app_a', port: 5432 }],
    [
      'another port key',
      ofSecret({ user: 'a', portKey: 'P' }),
      ofSecret({ user: 'a', portKey: 'Q' }),
    ],
    [
      'an instance and a cluster',
      ofInstance({ user: 'a' }),
      { ...role, host: undefined, cluster: 'shop', user: 'a' },
    ],
    ['another user key', ofSecret({ userKey: 'U' }), ofSecret({ userKey: 'V' })],
  ])('two keys may hold passwords of %s', (_, one, other) => {
    expect(() => read([entry({ keys: { ONE: one, OTHER: other } })])).not.toThrow();
  });

  test.each<[string, object, RegExp]>([
    [
      'a user who changes with another password',
      { ADMIN: { ...role, user: undefined, userKey: 'DB_USER' }, DB_PASSWORD: pair },
      /postgres-password of ADMIN reads DB_USER, which the rotator postgres-alternating of DB_PASSWORD changes/,
    ],
    [
      'an account whose SID is rotated',
      { TWILIO_ACCOUNT_SID: key, TWILIO_AUTH_TOKEN: twilio },
      /twilio-auth-token of TWILIO_AUTH_TOKEN reads TWILIO_ACCOUNT_SID/,
    ],
    [
      'an account under its own token',
      { TWILIO_AUTH_TOKEN: { ...twilio, accountSidKey: 'TWILIO_AUTH_TOKEN' } },
      /reads TWILIO_AUTH_TOKEN, which it changes itself/,
    ],
    [
      'a host under the user in use',
      { DB_PASSWORD: { ...pair, host: undefined, hostKey: 'DB_USER' } },
      /reads DB_USER, which it changes itself/,
    ],
    [
      'an auth token under the key it makes',
      { TWILIO_API_KEY_SECRET: { ...apiKey, authTokenKey: 'TWILIO_API_KEY_SECRET' } },
      /reads TWILIO_API_KEY_SECRET, which it changes itself/,
    ],
  ])('a rotator cannot read what a rotation changes: %s', (_, keys, words) => {
    const error = expectTold(
      refusal(() => read([entry({ keys })])),
      { code: 'CONFIG_INVALID' },
    );

    expect(error.message).toMatch(words);
  });

  test('but an API key is made with the auth token beside it, rotated or not', () => {
    const keys = { TWILIO_AUTH_TOKEN: twilio, TWILIO_API_KEY_SECRET: apiKey };

    expect(() => read([entry({ keys })])).not.toThrow();
  });

  test.each<[string, string, object]>([
    ['a user under the password', 'K', { K: { ...role, user: undefined, userKey: 'K' } }],
    ['a host under the password', 'K', { K: { ...role, host: undefined, hostKey: 'K' } }],
    ['the user in use under the password', 'K', { K: { ...pair, userKey: 'K' } }],
    ['a SID under the secret of the key', 'K', { K: { ...apiKey, sidKey: 'K' } }],
    [
      'a user under the key of another rotator',
      'SECRET_KEY',
      { K: { ...role, user: undefined, userKey: 'SECRET_KEY' }, SECRET_KEY: key },
    ],
    [
      'a host under the fallbacks of another rotator',
      'SECRET_KEY_FALLBACKS',
      { K: { ...role, host: undefined, hostKey: 'SECRET_KEY_FALLBACKS' }, SECRET_KEY: key },
    ],
  ])('a secret cannot be told in messages: %s', (_, named, keys) => {
    const error = expectTold(
      refusal(() => read([entry({ keys })])),
      { code: 'CONFIG_INVALID' },
    );

    expect(error.key).toBe(named);
    expect(error.message).toContain(`the value of ${named} in messages`);
  });

  describe('an administrator in the secret that is rotated', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:app/production-AbCdE1';
    test.each([
      ['by its name', 'app/production'],
      ['by its ARN', arn],
    ])('is refused %s', (_, adminSecret) => {
      const error = refusal(() => keyed('app/production', adminSecret));

      expect(expectTold(error, { code: 'CONFIG_INVALID' }).message).toMatch(
        /app\/production.*itself/,
      );
    });

    test('is refused where the pattern turns out to be that secret', () => {
      const configuration = keyed('app/*', arn);

      expect(refusal(() => configuration.planFor('app/production')).code).toBe('CONFIG_INVALID');
      expect(configuration.planFor('app/testing').rotators).toHaveLength(1);
    });

    test.each(['app/admin', 'app/production-admins', arn.replace('production', 'admin')])(
      'is another one in %s',
      (adminSecret) => {
        expect(() => keyed('app/production', adminSecret)).not.toThrow();
      },
    );
  });

  test('the same key of two secrets is claimed once in each', () => {
    expect(() => read([entry(), entry({ secret: 'app/testing' })])).not.toThrow();
  });
});

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
