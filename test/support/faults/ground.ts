import { randomBytes } from 'node:crypto';
import { Client, escapeLiteral } from 'pg';
import { startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import type { LogInRequest } from '../../../src/rotators/database/server.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';
import { startSickDatabase, type SickDatabase } from './sick-database.ts';
import { connectTwilio } from './twilio-network.ts';

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
  /** The one that was set last. */
  password(): string;
  set(password: string): Promise<void>;
  /** The server's verdict, asked for by a real login once for each password set and tried. */
  verdict(request: LogInRequest): Promise<'accepted' | 'rejected'>;
  remove(): Promise<void>;
}

type Query = ReturnType<typeof inTurn>;

export async function startGround(): Promise<Ground> {
  // Loaded on first use by the code, which on a driven clock must take no time.
  await import('twilio/lib/rest/AccountsBase.js');
  const postgres = await startPostgres();
  const { host, port, superuser } = postgres;
  const session = new Client({ host, port, database: 'postgres', ...superuser });
  await session.connect();
  // What a login costs is proven elsewhere; here there are many.
  await session.query('SET scram_iterations = 1');
  const query = inTurn(session);
  const sick = await startSickDatabase();
  const disconnect = connectTwilio();
  return {
    host,
    port,
    sick,
    addMaster: (password) => addMaster(query, password),
    stop: async () => {
      disconnect();
      await session.end();
      await sick.stop();
      await postgres.stop();
    },
  };
}

/** One statement at a time: worlds run side by side. */
function inTurn(session: Client) {
  let last: Promise<unknown> = Promise.resolve();
  return (text: string): Promise<unknown> => (last = last.then(() => session.query(text)));
}

async function addMaster(query: Query, password: string): Promise<Master> {
  const user = `master_${randomBytes(6).toString('hex')}`;
  const verdicts = new Map<string, Promise<'accepted' | 'rejected'>>();
  let current = password;
  const set = async (next: string) => {
    await query(`ALTER ROLE ${user} PASSWORD ${escapeLiteral(next)}`);
    verdicts.clear();
    current = next;
  };
  await query(`CREATE ROLE ${user} LOGIN`);
  await set(password);

  return {
    user,
    password: () => current,
    set,
    verdict(request) {
      const known = verdicts.get(request.password);
      if (known) return known;
      const asked = postgresServer.logIn({ ...request, signal: new AbortController().signal });
      verdicts.set(request.password, asked);
      return asked;
    },
    remove: async () => {
      await query(`DROP ROLE ${user}`);
    },
  };
}
