import { randomBytes } from 'node:crypto';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { ServerName } from '../../src/local/servers/server-folder.ts';
import { startMariadb } from '../../src/local/servers/start-mariadb.ts';
import { startMysql } from '../../src/local/servers/start-mysql.ts';
import type { DatabaseServer as LocalServer } from '../../src/local/servers/start-server.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import type { LogInRequest, Session } from '../../src/rotators/database/server.ts';
import { mysqlPassword } from '../../src/rotators/mysql-password/mysql-password.ts';
import { nativeHash } from '../../src/rotators/mysql-password/native-hash.ts';
import { mysqlServer } from '../../src/rotators/mysql/mysql-server.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';

/** A MySQL or MariaDB, and a session of its administrator that is kept, since every login costs time. */
export interface MysqlGround {
  readonly name: ServerName;
  readonly server: LocalServer;
  /** Runs a statement as somebody who may do everything. */
  readonly run: (text: string, values?: readonly string[]) => Promise<readonly RowDataPacket[]>;
  close(): Promise<void>;
}

export async function startMysqlGround(
  name: ServerName,
  args: readonly string[] = [],
): Promise<MysqlGround> {
  const server = await { mysql: startMysql, mariadb: startMariadb }[name]({ args });
  const { host, port, admin } = server;
  const { user, password } = admin;
  const session = await createConnection({ host, port, user, password });
  return {
    name,
    server,
    run: (text, values) => rowsOf(session, text, values),
    async close() {
      await session.end();
      await server.stop();
    },
  };
}

async function rowsOf(session: Connection, text: string, values: readonly string[] = []) {
  const [rows] = await session.query<RowDataPacket[]>(text, [...values]);
  return Array.isArray(rows) ? rows : [];
}

/** One account, and its administrator. */
export interface MysqlSystem extends System {
  readonly user: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** The same user with another password. */
  credential(password: string): Credential;
  /** Whether the server accepts a password of the user's. */
  readonly accepts: (password: string) => Promise<boolean>;
}

export interface MysqlRequest {
  readonly passwords?: 'two' | 'one';
  /** Whether an administrator makes the changes, and not the user. */
  readonly byAdmin?: boolean;
  /** The first password. */
  readonly password?: string;
  /** What the user is granted; by default what it needs to have two passwords on MySQL. */
  readonly grants?: readonly string[];
  /** More options of the rotator. */
  readonly options?: object;
  /** Whether a login is taken apart, and not one call. */
  readonly loginsTakenApart?: boolean;
}

export async function buildMysql(
  ground: MysqlGround,
  request: MysqlRequest = {},
): Promise<MysqlSystem> {
  const { passwords = 'two', byAdmin = false, password = secretText() } = request;
  const { server, run } = ground;
  const { host, port } = server;
  const id = randomBytes(5).toString('hex');
  const [user, username] = [`app_${id}`, `admin_${id}`];
  const admin = { username, password: secretText() };
  await createUser(ground, user, password);
  await createUser(ground, username, admin.password);
  await run(`GRANT CREATE USER ON *.* TO ?@'%'`, [username]);
  for (const privilege of request.grants ?? grantsFor(ground, request)) {
    await run(`GRANT ${privilege} ON *.* TO ?@'%'`, [user]);
  }
  const credential = (value: string): Credential => ({ DB_PASSWORD: value, DB_USER: user });
  const accepts = (value: string) => logsIn(server, user, value);

  return {
    user,
    admin,
    credential,
    accepts,
    current: credential(password),
    wrong: credential(secretText()),

    async rotator(gate) {
      const through = async (login: LogInRequest, whole: boolean) => {
        const place = { host: login.host, port: login.port };
        return { ...login, ...(await gate.to('mysql', place, { whole })) };
      };
      return bind(mysqlPassword, {
        key: 'DB_PASSWORD',
        options: {
          host,
          port,
          tls: 'off',
          userKey: 'DB_USER',
          passwords,
          ...(byAdmin && { adminSecret: 'shop/admin' }),
          ...request.options,
        },
        systems: {
          mysql: {
            logIn: async (login) =>
              mysqlServer.logIn(await through(login, !request.loginsTakenApart)),
            open: async (login) => impatient(await mysqlServer.open(await through(login, false))),
          },
          readSecret: async () => SecretDocument.parse(JSON.stringify(admin)),
        },
      });
    },
    works: async ({ DB_PASSWORD: value }) => typeof value === 'string' && accepts(value),
    state: () => run(stored[ground.name], [user]),
    settled: async () => undefined,
    async close() {
      await run(`DROP USER IF EXISTS ?@'%', ?@'%'`, [user, username]);
    },
  };
}

/** MariaDB's logs would show the password itself. */
const createUser = ({ name, run }: MysqlGround, user: string, password: string) =>
  name === 'mysql'
    ? run(`CREATE USER ?@'%' IDENTIFIED BY ?`, [user, password])
    : run(`CREATE USER ?@'%' IDENTIFIED VIA mysql_native_password USING ?`, [
        user,
        nativeHash(password),
      ]);

/** Waits for a lock no longer than it takes to see that another run holds it. */
const impatient = (session: Session | 'rejected'): Session | 'rejected' =>
  session === 'rejected'
    ? session
    : {
        ...session,
        query: (text, values) =>
          session.query(text.replace('GET_LOCK(?, 4)', 'GET_LOCK(?, 1)'), values),
      };

/** A session of the rotators' own client, in plain text. */
export async function openSession(
  { server: { host, port } }: MysqlGround,
  user: string,
  password: string,
  signal = new AbortController().signal,
): Promise<Session> {
  const login = { host, port, user, password, database: '', signal };
  const session = await mysqlServer.open({ ...login, tls: 'off' });
  if (session === 'rejected') throw new Error('The login was rejected.');
  return session;
}

/** What a kind of server stores about an account, and judges its logins by. */
const stored: Readonly<Record<ServerName, string>> = {
  mysql: 'SELECT plugin, authentication_string, User_attributes FROM mysql.user WHERE User = ?',
  mariadb: 'SELECT Priv FROM mysql.global_priv WHERE User = ?',
};

const grantsFor = ({ name }: MysqlGround, { passwords, byAdmin }: MysqlRequest) =>
  name === 'mysql' && passwords !== 'one' && !byAdmin ? ['APPLICATION_PASSWORD_ADMIN'] : [];

async function logsIn({ host, port }: LocalServer, user: string, password: string) {
  try {
    const connection = await createConnection({ host, port, user, password });
    await connection.end();
    return true;
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === 1045) return false;
    throw error;
  }
}

/** Of every kind of character, as policies want it. */
const secretText = () => `${randomBytes(15).toString('base64url')}-aA1`;
