import { createPool as createMariadbPool } from 'mariadb';
import { createPool } from 'mysql2';
import { createPool as createPoolOfPromises } from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { createSecrets, keepPassword, SecretsError } from '../../src/app/index.ts';

/** Never read, since they are closed: nothing is asked of any service. */
const secrets = createSecrets({ secretId: 'app/unread' });
secrets.close();
const nowhere = { host: '127.0.0.1', port: 1, connectionLimit: 1 };

test('answers the pool that it is given', async () => {
  const pool = createPoolOfPromises(nowhere);
  onTestFinished(() => pool.end());

  expect(keepPassword(pool, 'DB_PASSWORD', { secrets })).toBe(pool);
});

test('a request fails with what the secret lacks, as with any failure to connect', async () => {
  const pool = keepPassword(createPoolOfPromises(nowhere), 'DB_PASSWORD', { secrets });
  onTestFinished(() => pool.end());

  await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'SECRET_NOT_LOADED' });
});

test('a request by callback is told so too', async () => {
  const pool = keepPassword(createPool(nowhere), 'DB_PASSWORD', { secrets });
  onTestFinished(() => pool.end());

  const told = await new Promise((resolve) => pool.query('SELECT 1', resolve));

  expect(told).toBeInstanceOf(SecretsError);
});

test('refuses a pool of mariadb, which keeps its options to itself, and says what does instead', async () => {
  const pool = createMariadbPool({ ...nowhere, connectTimeout: 100 });
  onTestFinished(() => pool.end());

  const keep = () => keepPassword(pool, 'DB_PASSWORD', { secrets });

  expect(keep).toThrow('give passwordOptions() to createPool()');
});

test.for([
  ['has nothing that configures a connection', () => ({ getConnection: () => undefined })],
  ['shares one configuration among all connections', sharing],
  ['keeps the password elsewhere', () => configuring(() => ({}))],
  ['has no getConnection', () => ({ _createConnectionConfig: () => ({ password: '' }) })],
] as const)('refuses a pool of another version, which %s', ([, makePool]) => {
  const keep = () => keepPassword(makePool(), 'DB_PASSWORD', { secrets });

  expect(keep).toThrow(TypeError);
});

const configuring = (configure: () => object) => ({
  getConnection: () => undefined,
  _createConnectionConfig: configure,
});

function sharing() {
  const config = { password: '' };
  return configuring(() => config);
}
