import { TLSSocket } from 'node:tls';
import type { Connection } from 'mysql2';
import { RotationError } from '../../rotation/errors.ts';
import { connectionFailure, noTls } from '../database/connection-failure.ts';
import { StatementRefused, type LogInRequest } from '../database/server.ts';
import { socketOf } from './socket.ts';

/**
 * The server's verdict in the error of a login. Throws where it gave none. Numbers:
 * https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html and, above 4000,
 * https://mariadb.com/kb/en/mariadb-error-code-reference/.
 */
export function loginVerdict(
  error: unknown,
  request: LogInRequest,
  connection: Connection,
): 'accepted' | 'rejected' {
  const { code, errno } = fieldsOf(error);
  if (rejections.has(errno)) return 'rejected';
  // The password is proven before the database, and the right to enter it, are looked for.
  if (errno === 1044 || errno === 1049) return 'accepted';
  throw serverState(errno, request) ?? failure({ code, errno, connection }, request);
}

/** 1698: an account that logs in by other means than a password. */
const rejections: ReadonlySet<number> = new Set([1045, 1698]);

/** What has nothing to do with the password, or with the statement. */
const serverState = (errno: number, request: LogInRequest): RotationError | undefined =>
  accountState(errno, request) ?? limitReached(errno, request) ?? tlsDemanded(errno, request);

function limitReached(errno: number, { user }: LogInRequest): RotationError | undefined {
  if (errno !== 1226) return undefined;
  return new RotationError(
    'DATABASE_BUSY',
    `The account of the user ${user} has reached one of its limits, such as MAX_USER_CONNECTIONS or ` +
      'MAX_CONNECTIONS_PER_HOUR (error 1226). It is tried again by itself; if it keeps failing, raise ' +
      'the limit with ALTER USER … WITH …: a rotation needs two sessions at once.',
  );
}

function tlsDemanded(errno: number, { host, port }: LogInRequest): RotationError | undefined {
  if (errno !== 3159) return undefined;
  return new RotationError(
    'TLS_FAILED',
    `The database at ${host}:${port} lets nobody in without TLS (require_secure_transport). Set tls: 'verify' ` +
      'in rotation.config.ts.',
  );
}

/**
 * States of an account that end a login whatever its password: no verdict on that. A superseded
 * password would work again as soon as such a state is over.
 */
function accountState(errno: number, { user }: LogInRequest): RotationError | undefined {
  const state = accountStates[errno];
  if (state === undefined) return undefined;
  return new RotationError(
    'CANNOT_TELL',
    `The account of the user ${user} ${state} It is tried again by itself.`,
  );
}

const expired =
  'has an expired password, so it may do nothing. Let its administrator set the same password again, ' +
  'which ends that: ALTER USER … IDENTIFIED BY ….';
const locked = 'is locked. Let its administrator unlock it with ALTER USER … ACCOUNT UNLOCK.';
const blocked =
  'is blocked after too many wrong passwords. Wait until that ends, or let its administrator unlock it ' +
  'with ALTER USER … ACCOUNT UNLOCK, and look for who tries them.';

const accountStates: Readonly<Record<number, string>> = {
  1820: expired,
  1862: expired,
  3118: locked,
  3955: blocked,
  4150: blocked,
  4151: locked,
};

/** Why a statement failed: refused, or without an answer. */
export function statementFailure(
  error: unknown,
  request: LogInRequest,
  connection: Connection,
): Error {
  const { code, errno } = fieldsOf(error);
  const state = serverState(errno, request);
  if (state) return state;
  if (errno > 0 && !endsSession.has(errno)) return new StatementRefused(String(errno));
  return failure({ code, errno, connection }, request);
}

/** A server that ends the session or the statement by its own will has not judged the statement. */
const endsSession: ReadonlySet<number> = new Set([1053, 1317, 1927, 3169, 4031]);

interface Failure {
  readonly code: string;
  readonly errno: number;
  readonly connection: Connection;
}

function failure({ code, errno, connection }: Failure, request: LogInRequest): RotationError {
  if (otherMeans.has(code)) return logsInOtherwise(request);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return connectionFailure(noTls, request);
  if (code === 'HANDSHAKE_SSL_ERROR') return connectionFailure(reasonOf(connection), request);
  // The driver names numbers as MySQL does, and MariaDB has others.
  return connectionFailure(errno > 0 ? `error ${errno}` : code, request);
}

/** The driver puts a code of its own over that of Node or OpenSSL; the socket still has it. */
function reasonOf(connection: Connection): string {
  const socket = socketOf(connection);
  const reason: unknown = socket instanceof TLSSocket ? socket.authorizationError : undefined;
  return typeof reason === 'string' ? reason : 'no TLS session';
}

const otherMeans: ReadonlySet<string> = new Set([
  'AUTH_SWITCH_PLUGIN_ERROR',
  'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
]);

const logsInOtherwise = ({ host, port, user }: LogInRequest) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The database at ${host}:${port} wants the user ${user} to log in by a plugin that Keyturn does not speak. ` +
      'Set the account to caching_sha2_password, or on MariaDB to mysql_native_password, and rotate again.',
  );

function fieldsOf(error: unknown): { code: string; errno: number } {
  const field = (name: string): unknown =>
    error instanceof Error ? Reflect.get(error, name) : undefined;
  const [code, errno] = [field('code'), field('errno')];
  return {
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : 0,
  };
}
