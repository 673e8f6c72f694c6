import { object, safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import {
  connectionEntries,
  type ConnectionOptions,
} from '../../../src/rotators/database/connection-options.ts';
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

/** `states`: what RDS says first; afterwards all is well there. */
function finder(options: Partial<ConnectionOptions>, ...states: RdsState[]) {
  const asked: RdsTarget[] = [];
  const openRds = async (target: RdsTarget) => {
    asked.push(target);
    return {
      describe: async () => states.shift() ?? atRds,
      setMasterPassword: async () => expect.unreachable(),
    };
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
      { host: 'fd00::1', port: '5433', dbname: '', ssl: 'False', engine: 'aurora-postgresql' },
      { host: 'fd00::1', port: 5433, database: 'postgres', tls: 'off' },
    ],
    [
      'the options say where the secret says nothing',
      { ...keys, port: 5433, database: 'shop' },
      { host: 'db.internal', dbname: null },
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

test('RDS is asked again where it gave no answer', async () => {
  const { placeOf } = finder({ instance: 'orders' }, { ...atRds, endpoint: undefined });
  await expect(placeOf({})).rejects.toMatchObject({ code: 'INSTANCE_BUSY' });

  expect(await placeOf({})).toMatchObject({ host: 'orders.rds.test' });
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
    ['KEY_UNUSABLE', 'port', { ...right, port: [5_432] }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: true }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: '0x1538' }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: ' 5432 ' }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: '5432.0' }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: '' }, '65535'],
    ['KEY_UNUSABLE', 'port', { ...right, port: null }, '65535'],
    ['KEY_UNUSABLE', 'dbname', { ...right, dbname: 12_345 }, 'name of a database'],
    ['KEY_UNUSABLE', 'dbname', { ...right, dbname: ['shop'] }, 'name of a database'],
    ['KEY_UNUSABLE', 'dbname', { ...right, dbname: false }, 'name of a database'],
    ['KEY_UNUSABLE', 'host', { host: '/tmp' }, 'no path'],
    ['KEY_UNUSABLE', 'host', { host: 'localhost,other' }, 'no list'],
    ['KEY_UNUSABLE', 'host', { host: ' db.internal' }, 'name or address of a host'],
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

test('a URL under the key of the host is refused, and none of it is told', async () => {
  const host = 'postgres://app:Old-s3cret_password@db.internal:5432/shop';

  const error: unknown = await finder(keys)
    .placeOf({ host })
    .catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'KEY_UNUSABLE', message: expect.stringContaining('no URL') });
  expect(String(error)).not.toMatch(/s3cret|internal/);
});

test.each([
  ['db.internal', true],
  ['fd00::1', true],
  ['/var/run/postgresql', false],
  ['postgres://db.internal', false],
  ['db.internal ', false],
])('as an option the host %j is taken: %s', (host, isTaken) => {
  expect(safeParse(object(connectionEntries), { host }).success).toBe(isTaken);
});

test('two places are one where host and port are', () => {
  const place = { host: 'a', port: 1, database: 'x', tls: 'verify' } as const;

  expect(samePlace(place, { ...place, database: 'y', tls: 'off' })).toBe(true);
  expect(samePlace(place, { ...place, port: 2 })).toBe(false);
  expect(samePlace(place, { ...place, host: 'b' })).toBe(false);
});
