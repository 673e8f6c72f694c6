import type { Client } from 'pg';
import { RotationError } from '../../rotation/errors.ts';
import { connectionFailure, noTls } from '../database/connection-failure.ts';
import {
  StatementRefused,
  type DatabaseServer,
  type LogInRequest,
  type Session,
} from '../database/server.ts';
import { tlsOptions } from '../database/tls-options.ts';

/** A login or a statement that takes longer than this counts as no answer, in ms. */
const timeoutMs = 5_000;

/** PostgreSQL by `pg`, which is loaded on first use. */
export const postgresServer: DatabaseServer = {
  async logIn(request) {
    const session = await connect(request);
    if (typeof session === 'string') return session;
    await session.close();
    return 'accepted';
  },

  async open(request) {
    const session = await connect(request);
    if (session === 'accepted') throw noSuchDatabase(request);
    return session;
  },
};

const noSuchDatabase = ({ database, user }: LogInRequest) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `There is no database ${database}, or the user ${user} may not connect to it. Correct its name in the ` +
      'secret or rotation.config.ts, or grant CONNECT on it.',
  );

/** A session, or the server's word on a password that opens none. */
async function connect(request: LogInRequest): Promise<Session | 'accepted' | 'rejected'> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: request.host,
    port: request.port,
    user: request.user,
    password: request.password,
    database: request.database,
    ssl: request.tls === 'verify' && tlsOptions(request),
  });
  // Without a listener an error on the idle connection would end the process.
  client.on('error', () => undefined);
  try {
    await inTime(client, request.signal, () => client.connect());
    return sessionOf(client, request);
  } catch (error) {
    cut(client);
    return verdictOf(error, request);
  }
}

const sessionOf = (client: Client, request: LogInRequest): Session => ({
  async query(text, values = []) {
    try {
      const result = await inTime(client, request.signal, () => client.query(text, [...values]));
      return result.rows;
    } catch (error) {
      const { code, severity } = fieldsOf(error);
      // A server that ends the connection by its own will has not judged the statement.
      if (severity === 'ERROR') throw new StatementRefused(code);
      throw connectionFailure(code, request);
    }
  },
  async close() {
    // `end` waits for the server to close the connection, and so for ever where it is gone.
    await inTime(client, request.signal, () => client.end()).catch(() => undefined);
    cut(client);
  },
});

/** Cuts the connection where the work takes too long, which fails it. */
async function inTime<R>(client: Client, signal: AbortSignal, work: () => Promise<R>): Promise<R> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const end = () => cut(client);
  stop.addEventListener('abort', end, { once: true });
  try {
    stop.throwIfAborted();
    return await work();
  } finally {
    stop.removeEventListener('abort', end);
  }
}

const cut = (client: Client) => void client.connection.stream.destroy();

/** Refusals as PostgreSQL words them; https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function verdictOf(error: unknown, request: LogInRequest): 'accepted' | 'rejected' {
  const { code, routine } = fieldsOf(error);
  if (code === '28P01') return 'rejected';
  // 28000 also stands for "no entry in pg_hba.conf", which says nothing about the password.
  if (code === '28000' && routine === 'InitializeSessionUserId') return 'rejected';
  // The password is proven before the database, and the right to connect to it, are looked for.
  if (code === '3D000' || code === '42501') return 'accepted';
  throw unreachable(error, code, request);
}

function unreachable(error: unknown, code: string, request: LogInRequest): RotationError {
  const speaksNoTls = error instanceof Error && /does not support SSL/.test(error.message);
  return connectionFailure(speaksNoTls ? noTls : code, request);
}

function fieldsOf(error: unknown): { code: string; routine: string; severity: string } {
  const field = (name: string) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { code: field('code'), routine: field('routine'), severity: field('severity') };
}
