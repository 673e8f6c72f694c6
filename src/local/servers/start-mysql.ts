import {
  type DatabaseServer,
  type ServerKind,
  type ServerOptions,
  startServer,
} from './start-server.ts';
import { runToItsEnd } from './server-program.ts';

/** For speed: a data folder that lives as long as its server needs no care. */
const small = [
  '--innodb-buffer-pool-size=16M',
  '--innodb-flush-log-at-trx-commit=0',
  '--skip-log-bin',
];

const mysql: ServerKind = {
  name: 'mysql',
  args: [...small, '--mysqlx=OFF', '--secure-file-priv=NULL'],
  initialise: (program, home) => runToItsEnd(program, home, ['--initialize-insecure', ...small]),
};

/** Starts a real MySQL in a temporary folder, and touches nothing else. Takes some seconds. */
export function startMysql(options: ServerOptions = {}): Promise<DatabaseServer> {
  return startServer(mysql, options);
}
