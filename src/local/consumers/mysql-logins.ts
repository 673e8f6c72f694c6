import { createConnection, createPool } from 'mysql2/promise';
import { keepPassword, withAuthRetry } from '../../app/index.ts';
import type { Consumer } from './consumer.ts';
import { loginIn } from './login-in.ts';
import type { Surroundings } from './surroundings.ts';

/** Of MySQL and MariaDB alike. */
export function mysqlLogins(surroundings: Surroundings): Consumer {
  const { database, read, secrets, atEnd } = surroundings;
  const { host, port, user, database: name } = database;
  const where = { host, port, database: name, connectTimeout: 5_000 };
  const pool = keepPassword(createPool({ ...where, user, connectionLimit: 1 }), 'DB_PASSWORD', {
    secrets,
  });
  atEnd(() => pool.end());

  async function throughPool(): Promise<void> {
    const connection = await pool.getConnection();
    try {
      await connection.query('select 1');
    } finally {
      // Each by a new connection: one that is open notices nothing of a rotation.
      connection.destroy();
    }
  }

  return {
    async bare() {
      const connection = await createConnection({
        ...where,
        ...loginIn(await read(), surroundings),
      });
      try {
        await connection.query('select 1');
      } finally {
        connection.destroy();
      }
    },
    application: () => withAuthRetry(throughPool, { secrets }),
  };
}
