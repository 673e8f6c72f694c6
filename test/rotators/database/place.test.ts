import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import type { ConnectionOptions } from '../../../src/rotators/database/connection-options.ts';
import { placeFinder, samePlace } from '../../../src/rotators/database/place.ts';
import { postgresEngine } from '../../../src/rotators/postgres/engine.ts';
import type { RdsState, RdsTarget } from '../../../src/rotators/rds-master-password/rds.ts';
import { anyCall } from '../../support/calling.ts';

const atRds: RdsState = {
  status: 'available',
  engine: 'postgres',
  masterUsername: 'master',
  endpoint: { address: 'orders.rds.test', port: 6432 },
  managedByRds: false,
  memberOf: undefined,
  passwordPending: false,
  otherPending: [],
};

function finder(options: Partial<ConnectionOptions>, state: RdsState = atRds) {
  const asked: RdsTarget[] = [];
  const openRds = async (target: RdsTarget) => {
    asked.push(target);
    return { describe: async () => state, setMasterPassword: async () => expect.unreachable() };
  };
  const placeOf = placeFinder({ tls: 'verify', ...options }, postgresEngine, openRds);
  return { asked, placeOf: async (credential: Credential) => placeOf(anyCall(), credential) };
}

const keys = {
  hostKey: 'host',
  portKey: 'port',
  databaseKey: 'dbname',
  tlsKey: 'ssl',
  engineKey: 'engine',
};

describe('a database is where', () => {
  test.each<[string, Partial<ConnectionOptions>, Credential, object]>([
    [
      'the options say, with the engine’s own for the rest',
      { host: 'db.internal' },
      {},
      { host: 'db.internal', port: 5432, database: 'postgres', tls: 'verify', ca: undefined },
    ],
    [
      'all options say',
      { host: 'db.internal', port: 5433, database: 'shop', tls: 'off', ca: 'PEM' },
      {},
      { host: 'db.internal', port: 5433, database: 'shop', tls: 'off', ca: 'PEM' },
    ],
    [
      'the secret says',
      keys,
      { host: 'db.internal', port: 5433, dbname: 'shop', ssl: true, engine: 'postgres' },
      { host: 'db.internal', port: 5433, database: 'shop', tls: 'verify' },
    ],
    [
      'the secret says, in texts',
      keys,
      { host: 'db.internal', port: '5433', ssl: 'False', engine: 'aurora-postgresql' },
      { host: 'db.internal', port: 5433, database: 'postgres', tls: 'off' },
    ],
    [
      'the options say where the secret says nothing',
      { ...keys, port: 5433, database: 'shop' },
      { host: 'db.internal' },
      { host: 'db.internal', port: 5433, database: 'shop', tls: 'verify' },
    ],
    [
      'RDS says',
      { instance: 'orders' },
      {},
      { host: 'orders.rds.test', port: 6432, database: 'postgres' },
    ],
    [
      'RDS says, but for the port of a pool in front of it',
      { cluster: 'orders', port: 7432 },
      {},
      { host: 'orders.rds.test', port: 7432 },
    ],
  ])('%s', async (_case, options, credential, expected) => {
    expect(await finder(options).placeOf(credential)).toMatchObject(expected);
  });
});

test('RDS is asked once, however many credentials are tried', async () => {
  const { placeOf, asked } = finder({ instance: 'orders' });

  await Promise.all([placeOf({}), placeOf({})]);
  await placeOf({});

  expect(asked).toEqual([{ kind: 'instance', identifier: 'orders' }]);
});

test('a database that RDS is still making is waited for', async () => {
  const { placeOf } = finder({ instance: 'orders' }, { ...atRds, endpoint: undefined });

  await expect(placeOf({})).rejects.toMatchObject({ code: 'INSTANCE_BUSY', retryable: true });
});

describe('what the secret says wrong is refused, by the key', () => {
  const right = { host: 'db.internal' };

  test.each<[string, string, Credential, string]>([
    ['KEY_MISSING', 'host', {}, 'host'],
    ['KEY_NOT_TEXT', 'host', { host: 7 }, 'host'],
    ['KEY_UNUSABLE', 'port', { ...right, port: 65_536 }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: 0 }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: 'a port' }, '65535'],
    ['KEY_UNUSABLE', 'ssl', { ...right, ssl: 'maybe' }, 'true or false'],
    ['KEY_UNUSABLE', 'ssl', { ...right, ssl: 0 }, 'true or false'],
    ['KEY_UNUSABLE', 'engine', { ...right, engine: 'mysql' }, 'PostgreSQL'],
    ['KEY_UNUSABLE', 'engine', { ...right, engine: 7 }, 'PostgreSQL'],
  ])('%s for %s in %j', async (code, key, credential, says) => {
    await expect(finder(keys).placeOf(credential)).rejects.toMatchObject({
      code,
      key,
      message: expect.stringContaining(code === 'KEY_UNUSABLE' ? says : key),
    });
  });
});

test('two places are one where host and port are', () => {
  const place = { host: 'a', port: 1, database: 'x', tls: 'verify' } as const;

  expect(samePlace(place, { ...place, database: 'y', tls: 'off' })).toBe(true);
  expect(samePlace(place, { ...place, port: 2 })).toBe(false);
  expect(samePlace(place, { ...place, host: 'b' })).toBe(false);
});
