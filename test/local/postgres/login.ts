import { Client } from 'pg';
import type { Postgres } from '../../../src/local/postgres/start-postgres.ts';

/** Logs in and out: the user's name as the server sees it, or the code of the refusal. */
export async function login(
  { host, port }: Pick<Postgres, 'host' | 'port'>,
  user: string,
  password: string,
): Promise<string> {
  const client = new Client({ host, port, user, password, database: 'postgres' });
  try {
    await client.connect();
    const { rows } = await client.query<{ user: string }>('SELECT current_user AS user');
    return rows[0]?.user ?? '';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    await client.end();
  }
}
