import { RotationError } from '../../rotation/errors.ts';
import { connectionFailure, noTls } from '../database/connection-failure.ts';
import { StatementRefused, type LogInRequest } from '../database/server.ts';

/** What the server said of a password at a login that opened no session, and by which SQLSTATE. */
export interface LoginAnswer {
  readonly verdict: 'accepted' | 'rejected';
  readonly code: string;
}

/**
 * The server's verdict in the error of a login; `asked` says whether it wanted a password at all.
 * Throws where it gave none. Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
export function loginAnswer(error: unknown, request: LogInRequest, asked: boolean): LoginAnswer {
  const { code, routine } = fieldsOf(error);
  if (isRejection(code, routine)) return { verdict: 'rejected', code };
  if (!isAfterPassword(code, routine)) throw noAnswer(error, code, request);
  if (asked) return { verdict: 'accepted', code };
  throw notAsked(request);
}

function isRejection(code: string, routine: string): boolean {
  if (code === '28P01') return true;
  // 28000 also stands for "no entry in pg_hba.conf", which says nothing about the password.
  return code === '28000' && routine === 'InitializeSessionUserId';
}

/** The password is proven before the database, the right to enter it, and the limits on connections. */
function isAfterPassword(code: string, routine: string): boolean {
  if (code === '53300') return limitsAfterPassword.has(routine);
  return code === '3D000' || code === '42501';
}

/** Of the server's functions that refuse one connection too many, those that know the role. */
const limitsAfterPassword = new Set(['InitializeSessionUserId', 'InitPostgres', 'CheckMyDatabase']);

function noAnswer(error: unknown, code: string, request: LogInRequest): RotationError {
  const speaksNoTls = error instanceof Error && /does not support SSL/.test(error.message);
  return connectionFailure(speaksNoTls ? noTls : code, request);
}

/** Why a statement failed: refused, or without an answer. */
export function statementFailure(error: unknown, request: LogInRequest): Error {
  const { code, severity } = fieldsOf(error);
  // Only the server's errors have a severity; its word depends on the language of the server.
  if (severity !== '' && !endsSession.test(code)) return new StatementRefused(code);
  return connectionFailure(code, request);
}

/** A server that ends the session by its own will has not judged the statement. */
const endsSession = /^(08...|25P0[34]|57P0.)$/;

/** A login that opened no session, although the password was right. */
export function noSession(code: string, request: LogInRequest): RotationError {
  const { database, user } = request;
  if (code === '53300') return connectionFailure(code, request);
  return new RotationError(
    'SETUP_UNSUITABLE',
    `There is no database ${database}, or the user ${user} may not connect to it. Correct its name in the ` +
      'secret or rotation.config.ts, or grant CONNECT on it.',
  );
}

/** Such a server accepts every password, so that none is ever proven. */
export const notAsked = ({ host, port, user }: LogInRequest) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The database at ${host}:${port} lets the user ${user} in without asking for a password, so none can be ` +
      'proven. Set scram-sha-256 for this user in its pg_hba.conf, in the place of trust or cert.',
  );

function fieldsOf(error: unknown): { code: string; routine: string; severity: string } {
  const field = (name: string) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { code: field('code'), routine: field('routine'), severity: field('severity') };
}
