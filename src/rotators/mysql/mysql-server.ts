import type { Connection } from 'mysql2/promise';
import { RotationError } from '../../rotation/errors.ts';
import { connectionFailure, noTls } from '../database/connection-failure.ts';
import {
  StatementRefused,
  type DatabaseServer,
  type LogInRequest,
  type Row,
  type Session,
} from '../database/server.ts';
import { tlsOptions } from '../database/tls-options.ts';

/** A login or a statement that takes longer than this counts as no answer, in ms. */
const timeoutMs = 5_000;

/** MySQL and MariaDB by `mysql2`, which is loaded on first use. */
export const mysqlServer: DatabaseServer = {
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
    `There is no database ${database}, or the user ${user} may not enter it. Correct its name in the ` +
      'secret or rotation.config.ts, or grant the user something in it.',
  );

async function connect(request: LogInRequest): Promise<Session | 'accepted' | 'rejected'> {
  const { createConnection } = await import('mysql2/promise');
  const stop = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    stop.throwIfAborted();
    const connection = await createConnection({
      host: request.host,
      port: request.port,
      user: request.user,
      password: request.password,
      database: request.database,
      connectTimeout: timeoutMs,
      // Unlike other drivers this one leaves the host name unproven by default.
      ...(request.tls === 'verify' && { ssl: { ...tlsOptions(request), verifyIdentity: true } }),
    });
    return sessionOf(connection, request);
  } catch (error) {
    return verdictOf(error, request);
  }
}

function sessionOf(connection: Connection, request: LogInRequest): Session {
  return {
    async query(text, values = []) {
      const stop = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      const end = () => connection.destroy();
      stop.addEventListener('abort', end, { once: true });
      try {
        stop.throwIfAborted();
        const [rows] = await connection.query(text, [...values]);
        return Array.isArray(rows) ? rows.map((row): Row => ({ ...row })) : [];
      } catch (error) {
        const { code, errno } = fieldsOf(error);
        if (errno > 0) throw new StatementRefused(String(errno));
        throw connectionFailure(code, request);
      } finally {
        stop.removeEventListener('abort', end);
      }
    },
    async close() {
      connection.destroy();
    },
  };
}

function verdictOf(error: unknown, request: LogInRequest): 'accepted' | 'rejected' {
  const { code, errno } = fieldsOf(error);
  if (errno === 1045) return 'rejected';
  if (errno === 1044 || errno === 1049) return 'accepted';
  throw connectionFailure(code === 'HANDSHAKE_NO_SSL_SUPPORT' ? noTls : code, request);
}

function fieldsOf(error: unknown): { code: string; errno: number } {
  const field = (name: string): unknown =>
    error instanceof Error ? Reflect.get(error, name) : undefined;
  const [code, errno] = [field('code'), field('errno')];
  return {
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : 0,
  };
}
