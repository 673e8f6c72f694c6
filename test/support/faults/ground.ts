import { randomBytes } from 'node:crypto';
import { Client, escapeLiteral } from 'pg';
import { startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import type { LogInRequest } from '../../../src/rotators/kind.ts';
import { logInToPostgres } from '../../../src/rotators/log-in-to-postgres.ts';
import { startSickDatabase, type SickDatabase } from './sick-database.ts';

/** One real PostgreSQL for all worlds of a process, and a sick one beside it. */
export interface Ground {
  readonly host: string;
  readonly port: number;
  readonly sick: SickDatabase;
  /** A role of its own, as a master user. */
  addMaster(password: string): Promise<Master>;
  stop(): Promise<void>;
}

/** The master user of one database. */
export interface Master {
  readonly user: string;
  set(password: string): Promise<void>;
  /** The server's verdict, asked for by a real login once for each password set and tried. */
  verdict(request: LogInRequest): Promise<'accepted' | 'rejected'>;
  remove(): Promise<void>;
}

export async function startGround(): Promise<Ground> {
  const postgres = await startPostgres();
  const { host, port, superuser } = postgres;
  const session = new Client({ host, port, database: 'postgres', ...superuser });
  await session.connect();
  // What a login costs is proven elsewhere; here there are many.
  await session.query('SET scram_iterations = 1');
  const sick = await startSickDatabase();
  return {
    host,
    port,
    sick,
    addMaster: (password) => addMaster(session, password),
    stop: async () => {
      await session.end();
      await sick.stop();
      await postgres.stop();
    },
  };
}

async function addMaster(session: Client, password: string): Promise<Master> {
  const user = `master_${randomBytes(6).toString('hex')}`;
  const verdicts = new Map<string, Promise<'accepted' | 'rejected'>>();
  const set = async (next: string) => {
    await session.query(`ALTER ROLE ${user} PASSWORD ${escapeLiteral(next)}`);
    verdicts.clear();
  };
  await session.query(`CREATE ROLE ${user} LOGIN`);
  await set(password);

  return {
    user,
    set,
    verdict(request) {
      const known = verdicts.get(request.password);
      if (known) return known;
      const asked = logInToPostgres({ ...request, signal: new AbortController().signal });
      verdicts.set(request.password, asked);
      return asked;
    },
    remove: async () => {
      await session.query(`DROP ROLE ${user}`);
    },
  };
}
