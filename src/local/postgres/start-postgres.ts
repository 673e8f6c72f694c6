import { randomBytes } from 'node:crypto';
import { freePort, onFreePort } from './free-port.ts';
import { initialise } from './initialise.ts';
import { type PostgresAdmin, postgresAdmin } from './postgres-admin.ts';
import { usableBinaries } from './postgres-binaries.ts';
import { createHome, type PostgresHome } from './postgres-home.ts';
import { endServer, serve } from './postgres-server.ts';
import { type PostgresSetup, serverLogOf } from './postgres-setup.ts';
import { scramVerifier } from '../../rotators/postgres/scram-verifier.ts';

export interface PostgresOptions {
  /** One that is `scramSafe`. Default: random. */
  readonly superuserPassword?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Writes every statement to the server's log. Default false. */
  readonly logStatements?: boolean;
  /** PEM texts. With them the server speaks TLS, beside plain text. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Calls the start off, leaving nothing behind. Has no effect on a server that has started. */
  readonly signal?: AbortSignal;
}

/** A running PostgreSQL of our own. Every login is by password (SCRAM), over TCP. */
export interface Postgres extends PostgresAdmin {
  readonly host: string;
  readonly port: number;
  /** The server's log. Gone after `stop`. */
  readonly logPath: string;
  /** Ends the server and its sessions, and removes all it wrote. May be called twice. */
  stop(): Promise<void>;
}

/** Named as on RDS, so that `postgres` is free for a master user. */
const superuser = 'rdsadmin';

/**
 * Starts a real PostgreSQL in a temporary folder and touches nothing else: as root, the server runs
 * as `nobody`. It does not outlive this process. Throws PortInUseError, PostgresStartError.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { superuserPassword = randomBytes(24).toString('base64url'), signal } = options;
  const verifier = await scramVerifier(superuserPassword);
  signal?.throwIfAborted();

  const home = await createHome();
  try {
    const setup = await setupIn(home, options);
    await initialise(setup, verifier);
    return await running(setup, options.port ?? 0, superuserPassword);
  } catch (error) {
    await home.remove();
    throw error;
  }
}

async function setupIn(home: PostgresHome, options: PostgresOptions): Promise<PostgresSetup> {
  const { host = '127.0.0.1', logStatements = false, tls, signal } = options;
  return {
    home,
    binaries: await usableBinaries(home),
    host,
    superuser,
    logStatements,
    tls,
    signal,
  };
}

async function running(setup: PostgresSetup, wanted: number, password: string): Promise<Postgres> {
  const { home, host } = setup;
  const start = async (port: number) => ({ port, server: await serve(setup, port) });
  const { port, server } = wanted
    ? await start(wanted)
    : await onFreePort(start, () => freePort(host));
  let stopped: Promise<void> | undefined;

  return {
    host,
    port,
    logPath: serverLogOf(home),
    ...postgresAdmin({ host, port, user: superuser, password }),
    stop: () => (stopped ??= endServer(server, home).then(() => home.remove())),
  };
}
