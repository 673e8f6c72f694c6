import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortInUseError } from '../http-server.ts';
import { freePort, onFreePort } from '../postgres/free-port.ts';
import type { PostgresProcess } from '../postgres/postgres-process.ts';
import { type DatabaseAdmin, databaseAdmin } from './database-admin.ts';
import type { ServerName } from './server-folder.ts';
import { createHome, type ServerHome } from './server-home.ts';
import { notStarted, type ServerProgram, serverProgram } from './server-program.ts';

export interface ServerOptions {
  /** Further arguments of the server, such as `--general-log`. */
  readonly args?: readonly string[];
}

/** A running MariaDB or MySQL of our own. */
export interface DatabaseServer {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string;
  readonly admin: DatabaseAdmin;
  /** The server's log, and with `--general-log` the one of all statements. Gone after `stop`. */
  readonly logPath: string;
  readonly generalLogPath: string;
  /** Ends the server and its sessions, and removes all it wrote. May be called twice. */
  stop(): Promise<void>;
}

/** What one kind of server does otherwise than another. */
export interface ServerKind {
  readonly name: ServerName;
  readonly args: readonly string[];
  /** Makes the data folder. */
  initialise(program: ServerProgram, home: ServerHome): Promise<void>;
}

const host = '127.0.0.1';

/** Starts a server that does not outlive this process. Throws where it was not fetched. */
export async function startServer(
  kind: ServerKind,
  { args = [] }: ServerOptions,
): Promise<DatabaseServer> {
  const program = await serverProgram(kind.name);
  const home = await createHome(kind.name);
  try {
    await kind.initialise(program, home);
    const password = randomBytes(18).toString('base64url');
    await writeFile(home.initFile, adminSql(password), { mode: 0o600 });
    const all = [...argumentsIn(home), ...kind.args, ...args];
    const { port, process: server } = await onFreePort(
      (free) => serve(program, home, { args: all, port: free }),
      () => freePort(host),
    );
    await rm(home.initFile);
    const admin = databaseAdmin({ host, port, user: 'admin', password });
    return running({ home, server, port, admin });
  } catch (error) {
    await home.remove();
    throw error;
  }
}

const adminSql = (password: string) =>
  `CREATE USER admin@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;\n`;

const argumentsIn = (home: ServerHome) => [
  `--bind-address=${host}`,
  '--skip-name-resolve',
  `--socket=${home.socket}`,
  `--pid-file=${home.folder}/pid`,
  `--init-file=${home.initFile}`,
  `--general-log-file=${home.generalLog}`,
];

async function serve(
  program: ServerProgram,
  home: ServerHome,
  { args, port }: { readonly args: readonly string[]; readonly port: number },
) {
  await rm(home.log, { force: true });
  const server = await program.launch(home, [...args, `--port=${port}`]);
  while (!(await readFile(home.log, 'utf8')).includes('ready for connections')) {
    if (server.hasEnded()) throw await whyItEnded(program, home, port);
    await sleep(20);
  }
  server.unref();
  return { port, process: server };
}

async function whyItEnded(program: ServerProgram, home: ServerHome, port: number): Promise<Error> {
  const log = await readFile(home.log, 'utf8');
  if (/Address already in use|already running on port/i.test(log)) return new PortInUseError(port);
  return notStarted(program, home, 'ended while it started');
}

interface RunningServer {
  readonly home: ServerHome;
  readonly server: PostgresProcess;
  readonly port: number;
  readonly admin: DatabaseAdmin;
}

function running({ home, server, port, admin }: RunningServer): DatabaseServer {
  let stopped: Promise<void> | undefined;

  async function stop() {
    // A signal would do, but takes longer: neither server ends by the first that a process gets.
    await admin.query('SHUTDOWN').catch(() => undefined);
    await server.end();
    await home.remove();
  }

  return {
    host,
    port,
    socketPath: home.socket,
    admin,
    logPath: home.log,
    generalLogPath: home.generalLog,
    stop: () => (stopped ??= stop()),
  };
}
