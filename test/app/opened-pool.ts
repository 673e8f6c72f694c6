import { createPool as createMariadbPool } from 'mariadb';
import { createPool as createMariadbPoolOfCallbacks } from 'mariadb/callback';
import { createPool as createMysqlPoolOfCallbacks } from 'mysql2';
import { createPool as createMysqlPool, type RowDataPacket } from 'mysql2/promise';
import { Pool } from 'pg';
import postgres from 'postgres';
import {
  databasePassword,
  keepPassword,
  passwordOptions,
  type Secrets,
} from '../../src/app/index.ts';

export interface Where {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

interface Opening extends Where {
  readonly secrets: Secrets<object>;
  /** Connections at most. */
  readonly limit: number;
}

/** A pool of whatever driver. What is asked is the server's number of the connection. */
export interface OpenedPool {
  ask(): Promise<string>;
  /** Takes a connection out of the pool. */
  take(): Promise<TakenConnection>;
  end(): Promise<unknown>;
}

export interface TakenConnection {
  ask(): Promise<string>;
  giveBack(): unknown;
}

export type OpenPool = (opening: Opening) => OpenedPool;

const key = 'DB_PASSWORD';

export const pgPool: OpenPool = ({ secrets, limit, ...where }) => {
  const password = databasePassword(key, { secrets });
  const pool = new Pool({ ...where, password, database: 'postgres', max: limit });
  return {
    ask: async () => idIn((await pool.query(askPostgres)).rows),
    async take() {
      const client = await pool.connect();
      return {
        ask: async () => idIn((await client.query(askPostgres)).rows),
        giveBack: () => client.release(),
      };
    },
    end: () => pool.end(),
  };
};

export const postgresPool: OpenPool = ({ secrets, limit, ...where }) => {
  const password = databasePassword(key, { secrets });
  const sql = postgres({ ...where, password, database: 'postgres', max: limit });
  return {
    ask: async () => idIn(await sql.unsafe(askPostgres)),
    async take() {
      const reserved = await sql.reserve();
      return {
        ask: async () => idIn(await reserved.unsafe(askPostgres)),
        giveBack: () => reserved.release(),
      };
    },
    end: () => sql.end(),
  };
};

export const mysqlPool: OpenPool = ({ secrets, limit, ...where }) => {
  const options = { ...where, connectionLimit: limit };
  return ofMysql(keepPassword(createMysqlPool(options), key, { secrets }));
};

export const mysqlPoolOfCallbacks: OpenPool = ({ secrets, limit, ...where }) => {
  const options = { ...where, connectionLimit: limit };
  return ofMysql(keepPassword(createMysqlPoolOfCallbacks(options), key, { secrets }).promise());
};

function ofMysql(pool: ReturnType<typeof createMysqlPool>): OpenedPool {
  return {
    ask: async () => idIn((await pool.query<RowDataPacket[]>(askMysql))[0]),
    async take() {
      const connection = await pool.getConnection();
      return {
        ask: async () => idIn((await connection.query<RowDataPacket[]>(askMysql))[0]),
        giveBack: () => connection.release(),
      };
    },
    end: () => pool.end(),
  };
}

export const mariadbPool: OpenPool = (opening) => {
  const pool = createMariadbPool(mariadbOptions(opening));
  return {
    ask: async () => idIn(await pool.query(askMysql)),
    async take() {
      const connection = await pool.getConnection();
      return {
        ask: async () => idIn(await connection.query(askMysql)),
        giveBack: () => connection.release(),
      };
    },
    end: () => pool.end(),
  };
};

export const mariadbPoolOfCallbacks: OpenPool = (opening) => {
  const pool = createMariadbPoolOfCallbacks(mariadbOptions(opening));
  return {
    ask: () => called((done) => pool.query(askMysql, done)).then(idIn),
    async take() {
      const connection = await called<MariadbConnection>((done) => pool.getConnection(done));
      if (!connection) throw new Error('No connection was answered.');
      return {
        ask: () => called((done) => connection.query(askMysql, done)).then(idIn),
        giveBack: () => called((done) => connection.release(done)),
      };
    },
    end: () => called((done) => pool.end(done)),
  };
};

const mariadbOptions = ({ secrets, limit, ...where }: Opening) => {
  const options = {
    ...where,
    connectionLimit: limit,
    minimumIdle: 1,
    acquireTimeout: 3_000,
    // MySQL's default way to log in needs a key of the server's where there is no TLS.
    allowPublicKeyRetrieval: true,
  };
  return passwordOptions(options, key, { secrets });
};

const askPostgres = 'SELECT pg_backend_pid() AS id';
const askMysql = 'SELECT connection_id() AS id';

function idIn(rows: unknown): string {
  if (!Array.isArray(rows) || !(rows[0] instanceof Object)) throw new Error('No row was answered.');
  return String(Reflect.get(rows[0], 'id'));
}

type Done<T> = (error: Error | null, result?: T) => void;

interface MariadbConnection {
  query(sql: string, done: Done<unknown>): unknown;
  release(done: Done<unknown>): unknown;
}

function called<T>(run: (done: Done<T>) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) =>
    run((error, result) => (error ? reject(error) : resolve(result))),
  );
}
