import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startPostgres } from '../../../../src/local/postgres/start-postgres.ts';
import { postgresServer } from '../../../../src/rotators/postgres/postgres-server.ts';
import type { RealDatabase } from './real-database.ts';
import { SessionPool } from './session-pool.ts';
import { postgresSickness, startSickDatabase } from './sick-database.ts';

/** Starts a PostgreSQL with an administrator, who may change what is granted to him. */
export async function realPostgres(): Promise<RealDatabase> {
  const postgres = await startPostgres();
  const { host, port, superuser } = postgres;
  const session = new Client({ host, port, database: 'postgres', ...superuser });
  await session.connect();
  // What a login costs is proven elsewhere; here there are many.
  await session.query('SET scram_iterations = 1');
  const admin = { user: 'admin', password: randomBytes(15).toString('base64url') };
  await session.query(`CREATE ROLE admin LOGIN CREATEROLE PASSWORD '${admin.password}'`);
  const query = inTurn(async (text: string, values: readonly string[] = []) => {
    const result = await session.query<Record<string, unknown>>(text, [...values]);
    return result.rows;
  });
  const sick = await startSickDatabase(postgresSickness);
  const sessions = new SessionPool(postgresServer, ['ROLLBACK', 'DISCARD ALL']);

  return {
    system: 'PostgreSQL',
    host,
    port,
    client: postgresServer,
    sessions,
    sick,
    admin,
    query,
    async storedOf(user) {
      const text =
        'SELECT rolpassword, rolcanlogin, rolvaliduntil FROM pg_authid WHERE rolname = $1';
      return JSON.stringify(await query(text, [user]));
    },
    refused: { transient: raising('55P03'), permanent: raising('42501') },
    stop: async () => {
      await sessions.end();
      await session.end();
      await sick.stop();
      await postgres.stop();
    },
  };
}

/** Fails the transaction it stands in, as a refusal of the statement itself would. */
const raising = (code: string) =>
  `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'refused by a fault'; END $$`;

/** One statement at a time: worlds run side by side. */
function inTurn<Args extends readonly unknown[], R>(work: (...args: Args) => Promise<R>) {
  let last: Promise<unknown> = Promise.resolve();
  return (...args: Args): Promise<R> => {
    const next = last.then(() => work(...args));
    last = next.catch(() => undefined);
    return next;
  };
}
