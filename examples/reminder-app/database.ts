import { databaseLogin, type Secrets, withAuthRetry } from 'keyturn/app';
import { Client, type ClientConfig, DatabaseError, Pool, type QueryResultRow } from 'pg';
import { HttpError, log, nameOf } from './errors.ts';

export interface Database {
  /** Answers the rows. Throws an HttpError of 503 where there is no database to ask. */
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
  /** Lets queries under way end. */
  close(): Promise<void>;
}

interface Opening {
  readonly secrets: Secrets;
  readonly maxUses: number | undefined;
}

/**
 * Where the database is `pg` takes from PGHOST, PGPORT and PGDATABASE; as whom to log in from the
 * secret, or from PGUSER where the secret has no DB_USER.
 */
export async function openDatabase({ secrets, maxUses }: Opening): Promise<Database> {
  const pool = new Pool({
    Client: loggingInBy(secrets),
    connectionTimeoutMillis: 5_000,
    ...(maxUses && { maxUses }),
  });
  // A connection that breaks while nobody uses it would end the process otherwise.
  pool.on('error', (error) => log(`An idle connection broke: ${nameOf(error)}`));

  const database: Database = {
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      try {
        // Between the switch of the password and its publication only the pending one is accepted.
        const { rows } = await withAuthRetry(() => pool.query<Row>(text, [...values]), { secrets });
        return rows;
      } catch (error) {
        throw isOurMistake(error) ? error : unreachable(error);
      }
    },
    close: () => pool.end(),
  };
  await database.query(tables);
  return database;
}

/** The pool makes one for each new connection, so that each logs in by the credential of its moment. */
function loggingInBy(secrets: Secrets): typeof Client {
  const login = databaseLogin({ user: 'DB_USER', password: 'DB_PASSWORD' }, { secrets });
  return class extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, ...login() });
    }
  };
}

/** The lock: of two that create the same table at the same time, one fails. */
const tables = `
  select pg_advisory_xact_lock(7465);
  create table if not exists reminders (
    id bigint generated always as identity primary key,
    owner text not null,
    recipient text not null,
    text text not null,
    sent_at timestamptz
  );
  create table if not exists opted_out (phone text primary key);
`;

/**
 * Whether the database understood and said no. Otherwise it was not reached, had no room (53), was
 * about to end (57), or refused the login (28): https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const isOurMistake = (error: unknown) =>
  error instanceof DatabaseError && !/^(28|53|57)/.test(error.code ?? '');

const unreachable = (cause: unknown) =>
  new HttpError(503, 'The database cannot be reached. Try again in a moment.', { cause });
