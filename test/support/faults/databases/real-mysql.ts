import { randomBytes } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { startMariadb } from '../../../../src/local/servers/start-mariadb.ts';
import { startMysql } from '../../../../src/local/servers/start-mysql.ts';
import { mysqlServer } from '../../../../src/rotators/mysql/mysql-server.ts';
import type { RealDatabase } from './real-database.ts';
import { SessionPool } from './session-pool.ts';
import { mysqlSickness, startSickDatabase } from './sick-database.ts';

/** What a kind of server stores about an account, by its name. */
const stored = {
  MySQL:
    'SELECT authentication_string, User_attributes, account_locked, password_expired FROM mysql.user WHERE User = ?',
  MariaDB: 'SELECT Priv FROM mysql.global_priv WHERE User = ?',
} as const;

const start = { MySQL: startMysql, MariaDB: startMariadb } as const;

/** Starts a MySQL or MariaDB with an administrator, who may change accounts and look at them. */
export async function realMysql(system: 'MySQL' | 'MariaDB'): Promise<RealDatabase> {
  const server = await start[system]();
  const { host, port } = server;
  const { user, password } = server.admin;
  const session = await createConnection({ host, port, user, password });
  const query = async (text: string, values: readonly string[] = []) => {
    const [rows] = await session.query<RowDataPacket[]>(text, [...values]);
    return Array.isArray(rows) ? rows : [];
  };
  const admin = { user: 'keyturn_admin', password: randomBytes(15).toString('base64url') };
  await query(`CREATE USER ${admin.user}@'%' IDENTIFIED BY '${admin.password}'`);
  await query(`GRANT CREATE USER ON *.* TO ${admin.user}@'%'`);
  await query(`GRANT SELECT ON mysql.* TO ${admin.user}@'%'`);
  const sick = await startSickDatabase(mysqlSickness);
  const sessions = new SessionPool(mysqlServer, [
    'ROLLBACK',
    'DO RELEASE_ALL_LOCKS()',
    'SET SESSION wait_timeout = DEFAULT',
  ]);

  return {
    system,
    host,
    port,
    client: mysqlServer,
    sessions,
    sick,
    admin,
    query,
    storedOf: async (account) => JSON.stringify(await query(stored[system], [account])),
    refused: { transient: signalling('HY000', 1205), permanent: signalling('42000', 1227) },
    stop: async () => {
      await sessions.end();
      session.destroy();
      await sick.stop();
      await server.stop();
    },
  };
}

const signalling = (state: string, number: number) =>
  `SIGNAL SQLSTATE '${state}' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'refused by a fault'`;
