import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Connection } from 'mysql2';
import { RotationError } from '../../rotation/errors.ts';
import { connectionFailure } from '../database/connection-failure.ts';
import type { DatabaseServer, LogInRequest } from '../database/server.ts';
import { tlsOptions } from '../database/tls-options.ts';
import { loginVerdict } from './answers.ts';
import { cut, hangUp, openSession, timeoutMs, within } from './mysql-session.ts';

/** MySQL and MariaDB by `mysql2`, which is loaded on first use. */
export const mysqlServer: DatabaseServer = {
  async logIn(request) {
    const connection = await connect(request);
    if (typeof connection === 'string') return connection;
    hangUp(connection);
    return 'accepted';
  },

  async open(request) {
    const connection = await connect(request);
    if (connection === 'rejected') return connection;
    if (connection === 'accepted') throw noSuchDatabase(request);
    return openSession(connection, request);
  },
};

async function connect(request: LogInRequest): Promise<Connection | 'accepted' | 'rejected'> {
  assertSendable(request);
  assertProvable(request);
  const { createConnection } = await import('mysql2');
  const stop = within(request.signal);
  if (stop.aborted) throw connectionFailure('', request);
  const connection = createConnection({
    host: request.host,
    port: request.port,
    user: request.user,
    password: request.password,
    ...(request.database !== '' && { database: request.database }),
    charset: 'utf8mb4',
    connectTimeout: timeoutMs,
    // A server could otherwise ask for a file of ours.
    flags: ['-LOCAL_FILES'],
    // Unlike other drivers this one leaves the host name unproven by default.
    ...(request.tls === 'verify' && { ssl: { ...tlsOptions(request), verifyIdentity: true } }),
  });
  // Without a listener an error on the idle connection would end the process.
  connection.on('error', () => undefined);
  try {
    await once(connection, 'connect', { signal: stop });
    return connection;
  } catch (error) {
    cut(connection);
    return loginVerdict(stop.aborted ? undefined : error, request, connection);
  }
}

const noSuchDatabase = ({ database, user }: LogInRequest) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `There is no database ${database}, or the user ${user} may not enter it. Correct its name in the ` +
      'secret or rotation.config.ts, or grant the user something in it.',
  );

/** In the protocol a NUL ends a name, and what follows would be read as something else. */
function assertSendable({ user, database, password }: LogInRequest): void {
  if (![user, database, password].some((text) => text.includes('\0'))) return;
  throw new RotationError(
    'KEY_UNUSABLE',
    'The name of the user, that of the database, or the password holds a NUL, which MySQL takes for its ' +
      'end. Correct the secret, or rotation.config.ts, and rotate again.',
  );
}

/** For an address the driver would have Node prove a certificate for `localhost`. */
function assertProvable({ host, port, tls }: LogInRequest): void {
  if (tls === 'off' || isIP(host) === 0) return;
  throw new RotationError(
    'TLS_FAILED',
    `The database at ${host}:${port} is addressed by a number, and a certificate can only be proven for a ` +
      'name here. Set a host name that is in its certificate. Nothing was sent to it.',
  );
}
