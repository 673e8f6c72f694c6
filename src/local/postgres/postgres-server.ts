import { execFile as execFileWithCallback } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PortInUseError } from '../http-server.ts';
import { asUser, type PostgresHome } from './postgres-home.ts';
import { launch, type PostgresProcess } from './postgres-process.ts';
import {
  certificateOf,
  dataOf,
  keyOf,
  type PostgresSetup,
  PostgresStartError,
  serverLogOf,
} from './postgres-setup.ts';

const execFile = promisify(execFileWithCallback);

const startLimit = 60_000;

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
    ssl_cert_file: certificateOf(home),
    ssl_key_file: keyOf(home),
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
