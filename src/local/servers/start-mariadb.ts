import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerHome } from './server-home.ts';
import { runToItsEnd, type ServerProgram } from './server-program.ts';
import {
  type DatabaseServer,
  type ServerKind,
  type ServerOptions,
  startServer,
} from './start-server.ts';

/** For speed: a data folder that lives as long as its server needs no care. */
const small = [
  '--innodb-buffer-pool-size=16M',
  '--innodb-log-file-size=4M',
  '--innodb-flush-log-at-trx-commit=0',
];

const mariadb: ServerKind = { name: 'mariadb', args: small, initialise };

/** Starts a real MariaDB in a temporary folder, and touches nothing else. Takes about a second. */
export function startMariadb(options: ServerOptions = {}): Promise<DatabaseServer> {
  return startServer(mariadb, options);
}

/** What mariadb-install-db does, without anonymous users and a test database. */
async function initialise(program: ServerProgram, home: ServerHome): Promise<void> {
  const scripts = ['mysql_system_tables', 'mysql_performance_tables', 'mysql_system_tables_data'];
  const texts = scripts.map((name) => readFile(path.join(program.share, `${name}.sql`), 'utf8'));
  const file = path.join(home.folder, 'bootstrap.sql');
  await writeFile(file, [...beforeAll, ...(await Promise.all(texts))].join('\n'));
  await mkdir(home.data);
  await runToItsEnd(program, home, ['--bootstrap', '--skip-networking', ...small], file);
}

const beforeAll = [
  'CREATE DATABASE mysql;',
  'USE mysql;',
  'SET @auth_root_socket = NULL, @skip_auth_anonymous_user = 1;',
];
