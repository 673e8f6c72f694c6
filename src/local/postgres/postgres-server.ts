import { execFile as execFileWithCallback } from 'node:child_process';
import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PortInUseError } from '../http-server.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { asUser, type PostgresHome } from './postgres-home.ts';
import { launch, type PostgresProcess } from './postgres-process.ts';

const execFile = promisify(execFileWithCallback);

/** What one start needs to know. */
export interface PostgresSetup {
  readonly home: PostgresHome;
  readonly binaries: PostgresBinaries;
  readonly host: string;
  readonly superuser: string;
  readonly logStatements: boolean;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server that did not start. The message ends with the last lines of its log. */
export class PostgresStartError extends Error {
  readonly code = 'POSTGRES_START_FAILED';

  constructor(what: string, log: string) {
    super(`${what} The end of its log:\n${log.trim().split('\n').slice(-12).join('\n')}`);
    this.name = 'PostgresStartError';
  }
}

/** The server's log, once it runs. */
export const serverLogOf = ({ folder }: PostgresHome) => path.join(folder, 'server.log');

const initdbOptions = [
  '--auth-local=reject',
  '--auth-host=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  // For speed: a data folder that lives as long as its server needs no care.
  '--no-sync',
  '--no-instructions',
  '--wal-segsize=1',
];

const startLimit = 60_000;
const dataOf = ({ folder }: PostgresHome) => path.join(folder, 'data');

/** Makes the data folder. The superuser's password arrives as a verifier, and never as itself. */
export async function initialise(setup: PostgresSetup, verifier: string): Promise<void> {
  const { home, binaries } = setup;
  const passwordFile = path.join(home.folder, 'superuser');
  const log = path.join(home.folder, 'initdb.log');
  await writeOwned(home, passwordFile, `${verifier}\n`);

  const initdb = await launch(
    home,
    [
      binaries.initdb,
      `--pgdata=${dataOf(home)}`,
      `--username=${setup.superuser}`,
      `--pwfile=${passwordFile}`,
      ...initdbOptions,
    ],
    log,
  );
  const code = await endedUnlessAborted(initdb, setup.signal);
  if (code !== 0)
    throw new PostgresStartError(`initdb failed (${code}).`, await readFile(log, 'utf8'));

  await rm(passwordFile);
  await writeOwned(home, path.join(dataOf(home), 'pg_hba.conf'), 'host all all all scram-sha-256');
  if (!setup.tls) return;
  await writeOwned(home, path.join(home.folder, 'server.crt'), setup.tls.cert);
  await writeOwned(home, path.join(home.folder, 'server.key'), setup.tls.key);
}

/** Starts the server and resolves when it takes logins. Throws PortInUseError, PostgresStartError. */
export async function serve(setup: PostgresSetup, port: number): Promise<PostgresProcess> {
  const { home, binaries } = setup;
  await rm(serverLogOf(home), { force: true });
  const settings = Object.entries(settingsOf(setup, port));
  const server = await launch(
    home,
    [
      binaries.postgres,
      '-D',
      dataOf(home),
      ...settings.flatMap((entry) => ['-c', entry.join('=')]),
    ],
    serverLogOf(home),
  );
  try {
    await ready(server, setup, port);
  } catch (error) {
    await endServer(server, home);
    throw error;
  }
  server.unref();
  return server;
}

/** Ends the server and removes what a kill would leave outside its home. */
export async function endServer(server: PostgresProcess, home: PostgresHome): Promise<void> {
  await server.end();
  const lock = await readFile(path.join(dataOf(home), 'postmaster.pid'), 'utf8').catch(() => '');
  // Line 7 of a lock file that was left: key and id of the shared memory that was left too.
  const segment = lock.split('\n')[6]?.trim().split(/\s+/)[1];
  if (segment) await execFile('ipcrm', ['-m', segment], asUser(home.user)).catch(() => undefined);
}

const settingsOf = ({ home, host, logStatements, tls }: PostgresSetup, port: number) => ({
  port: String(port),
  listen_addresses: host,
  unix_socket_directories: '',
  // Nothing outside the home, even after a kill.
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '16MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  log_statement: logStatements ? 'all' : 'none',
  ...(tls && {
    ssl: 'on',
    ssl_cert_file: path.join(home.folder, 'server.crt'),
    ssl_key_file: path.join(home.folder, 'server.key'),
  }),
});

async function ready(server: PostgresProcess, setup: PostgresSetup, port: number): Promise<void> {
  for (const end = Date.now() + startLimit; ; await sleep(10)) {
    setup.signal?.throwIfAborted();
    // Asked before the log is read: what an ended server wrote is then complete.
    const ended = server.hasEnded();
    const log = await readFile(serverLogOf(setup.home), 'utf8');
    if (!ended && log.includes('database system is ready to accept connections')) return;
    if (ended && log.includes('Address already in use')) throw new PortInUseError(port);
    if (ended) throw new PostgresStartError('PostgreSQL ended while it started.', log);
    if (Date.now() > end)
      throw new PostgresStartError(`PostgreSQL was not ready after ${startLimit} ms.`, log);
  }
}

async function endedUnlessAborted(running: PostgresProcess, signal: AbortSignal | undefined) {
  const abort = () => void running.end();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const code = await running.ended;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  return code;
}

async function writeOwned({ user }: PostgresHome, file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  if (user) await chown(file, user.uid, user.gid);
}
