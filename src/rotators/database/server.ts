/** A login as every kind of database server takes it. */
export interface LogInRequest {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `verify`: TLS with the server's certificate and host name proven. `off`: plain text. */
  readonly tls: 'verify' | 'off';
  /** A certificate authority of one's own, as PEM, beside those that Node trusts. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

export type Row = Readonly<Record<string, unknown>>;

/** One connection, logged in. */
export interface Session {
  /**
   * Runs one statement. Throws `StatementRefused` where the server says no, and `UNREACHABLE` where
   * it says nothing: the statement may then have taken effect, or not.
   */
  query(text: string, values?: readonly string[]): Promise<readonly Row[]>;
  /** Ends it, and with it its transaction and its locks. Never throws. May be called twice. */
  close(): Promise<void>;
}

/**
 * A kind of database server. Both throw `UNREACHABLE` or `TLS_FAILED` unless the server itself
 * answered; its refusal of a login is an answer.
 */
export interface DatabaseServer {
  /** Tries a login and closes it again. */
  logIn(request: LogInRequest): Promise<'accepted' | 'rejected'>;
  /** Logs in for some statements. */
  open(request: LogInRequest): Promise<Session | 'rejected'>;
}

/** The server refused a statement. Its own words are left out: they may quote the statement. */
export class StatementRefused extends Error {
  /** The server's code: an SQLSTATE of PostgreSQL's, or an error number of MySQL's. */
  readonly code: string;

  constructor(code: string) {
    super(`The server refused a statement (${code}).`);
    this.name = 'StatementRefused';
    this.code = code;
  }
}

/** Lets go of the session whatever comes of the work. */
export async function withSession<R>(
  session: Session,
  work: (session: Session) => Promise<R>,
): Promise<R> {
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
