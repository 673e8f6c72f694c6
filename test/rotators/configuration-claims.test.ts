import { describe, expect, test } from 'vitest';
import { expectTold } from '../support/expect-told.ts';
import {
  read,
  key,
  twilio,
  role,
  pair,
  user,
  ofSecret,
  ofInstance,
  apiKey,
  entry,
  refusal,
} from './configuration-entries.ts';

describe('a configuration that is refused', () => {
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

  test('the same key of two secrets is claimed once in each', () => {
    expect(() => read([entry(), entry({ secret: 'app/testing' })])).not.toThrow();
  });
});
