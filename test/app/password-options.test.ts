import { createPool } from 'mariadb';
import { expect, onTestFinished, test } from 'vitest';
import { createSecrets, passwordOptions } from '../../src/app/index.ts';

/** Never read, since they are closed: nothing is asked of any service. */
const secrets = createSecrets({ secretId: 'app/unread' });
secrets.close();
const nowhere = { host: '127.0.0.1', port: 1, connectionLimit: 1, acquireTimeout: 200 };

test('a request fails with what the secret lacks as its cause', async () => {
  const pool = createPool(passwordOptions(nowhere, 'DB_PASSWORD', { secrets }));
  onTestFinished(() => pool.end());

  await expect(pool.query('SELECT 1')).rejects.toMatchObject({
    cause: { code: 'SECRET_NOT_LOADED' },
  });
});

test('keeps the options that it is given', () => {
  const options = passwordOptions({ ...nowhere, database: 'app' }, 'DB_PASSWORD', { secrets });

  expect(options).toMatchObject({ ...nowhere, database: 'app' });
});

test.for(['password', 'stream', 'socketPath'])('refuses the option %s', (name) => {
  const options = () =>
    passwordOptions({ ...nowhere, [name]: 'given' }, 'DB_PASSWORD', { secrets });

  expect(options).toThrow(`does not go with the option ${name}`);
});

test.for([
  ['upon nothing', undefined],
  ['upon options without a password', { host: 'h', port: 1, logger: {} }],
  ['upon options without a logger', { host: 'h', port: 1, password: undefined }],
  ['upon options with a port of another type', { host: 'h', port: '1', password: '', logger: {} }],
])('says so where a version of mariadb calls it otherwise: %s', ([, upon]) => {
  const { stream } = passwordOptions(nowhere, 'DB_PASSWORD', { secrets });
  const told: unknown[] = [];

  Reflect.apply(stream, upon, [(error: unknown) => told.push(error)]);

  expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining('3.5') })]);
});
