import { randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Credential } from '../../src/rotation/rotator.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import type { ReadSecret } from '../../src/rotators/database/admin.ts';
import type { DatabaseServer, LogInRequest } from '../../src/rotators/database/server.ts';
import { postgresPassword } from '../../src/rotators/postgres-password/postgres-password.ts';
import { postgresServer } from '../../src/rotators/postgres/postgres-server.ts';
import { login } from '../local/postgres/login.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';
import type { Gate } from './gate.ts';
import type { Ground } from './rds-system.ts';

export interface PostgresSystem extends System {
  /** The role whose password is rotated. */
  readonly role: string;
  /** The administrator of `byAdmin`: what his secret holds. A test may change it. */
  readonly admin: { username: string; password: string };
  /** As the superuser. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<unknown[]>;
}

export interface PostgresRequest {
  /** Whether an administrator changes the password: one who may do just that. */
  readonly byAdmin?: boolean;
  /** How his secret is read. Default: it holds what `admin` of the system says. */
  readonly readSecret?: ReadSecret;
  /** More options of the rotator. */
  readonly options?: object;
  /** The role's name. Default: one of its own. */
  readonly role?: string;
  /** The password in use. Default: random. */
  readonly password?: string;
}

/** A role of its own on a real PostgreSQL, and an administrator of it. */
export async function buildPostgres(
  ground: Ground,
  request: PostgresRequest = {},
): Promise<PostgresSystem> {
  const { byAdmin = false, options } = request;
  const id = randomBytes(6).toString('hex');
  const { role = `app_${id}`, password = randomBytes(15).toString('base64url') } = request;
  const admin = { username: `admin_${id}`, password: randomBytes(15).toString('base64url') };
  const [name, adminName] = [escapeIdentifier(role), escapeIdentifier(admin.username)];
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await ground.session.query(text, [...values])).rows;

  await query(`CREATE ROLE ${name} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await query(
    `CREATE ROLE ${adminName} LOGIN CREATEROLE PASSWORD ${escapeLiteral(admin.password)}`,
  );
  await query(`GRANT ${name} TO ${adminName} WITH ADMIN OPTION`);
  const credential = (value: string) => ({ DB_PASSWORD: value, DB_USER: role });

  return {
    role,
    admin,
    query,
    current: credential(password),
    wrong: credential(randomBytes(15).toString('base64url')),

    rotator: async (gate) =>
      bind(postgresPassword, {
        key: 'DB_PASSWORD',
        options: {
          host: ground.host,
          port: ground.port,
          userKey: 'DB_USER',
          tls: 'off',
          ...(byAdmin && { adminSecret: 'admin' }),
          ...options,
        },
        systems: {
          postgres: through(gate),
          readSecret:
            request.readSecret ?? (async () => SecretDocument.parse(JSON.stringify(admin))),
        },
      }),
    works: async (tried) => (await login(ground, role, text(tried))) === role,
    state: () => query('SELECT * FROM pg_authid WHERE rolname = $1', [role]),
    settled: async () => undefined,
    // The roles stay: a COMMIT that nobody waits for may still be under way.
    close: async () => undefined,
  };
}

/** The real server, each of whose connections passes the gate. */
function through(gate: Gate): DatabaseServer {
  const gated = async (request: LogInRequest) => {
    const { host, port } = request;
    return { ...request, ...(await gate.to('postgres', { host, port })) };
  };
  return {
    logIn: async (request) => postgresServer.logIn(await gated(request)),
    open: async (request) => postgresServer.open(await gated(request)),
  };
}

const text = ({ DB_PASSWORD: password }: Credential) =>
  typeof password === 'string' ? password : '';
