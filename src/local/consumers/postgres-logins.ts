import { Client, type ClientConfig, Pool } from 'pg';
import { databaseLogin, withAuthRetry } from '../../app/index.ts';
import type { Consumer } from './consumer.ts';
import { loginIn } from './login-in.ts';
import type { Surroundings } from './surroundings.ts';

export function postgresLogins(surroundings: Surroundings): Consumer {
  const { database, read, secrets, atEnd } = surroundings;
  const { host, port, user, database: name } = database;
  const where = { host, port, user, database: name, connectionTimeoutMillis: 5_000 };
  const login = databaseLogin({}, { secrets });
  class LoggingIn extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, ...login() });
    }
  }
  // Each query by a new connection: one that is open notices nothing of a rotation.
  const pool = new Pool({ ...where, Client: LoggingIn, max: 1, maxUses: 1 });
  pool.on('error', () => undefined);
  atEnd(() => pool.end());

  return {
    async bare() {
      const client = new Client({ ...where, ...loginIn(await read(), surroundings) });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('select 1');
      } finally {
        await client.end();
      }
    },
    application: async () => void (await withAuthRetry(() => pool.query('select 1'), { secrets })),
  };
}
