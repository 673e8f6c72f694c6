import { randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, Pool } from 'pg';
import { type Postgres, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import type { LogInRequest } from '../../src/rotators/database/server.ts';
import { postgresAlternating } from '../../src/rotators/postgres-alternating/postgres-alternating.ts';
import { setUpStatements } from '../../src/rotators/postgres-alternating/set-up.ts';
import { postgresServer } from '../../src/rotators/postgres/postgres-server.ts';
import { scramVerifier } from '../../src/rotators/postgres/scram-verifier.ts';
import { login } from '../local/postgres/login.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';
import type { Gate } from './gate.ts';

/** A PostgreSQL with one database, and sessions of its superuser that are kept: logins cost time. */
export interface AlternatingGround {
  readonly postgres: Postgres;
  readonly superuser: Pool;
  close(): Promise<void>;
}

export async function startAlternatingGround(): Promise<AlternatingGround> {
  const postgres = await startPostgres({ logStatements: true });
  const { host, port } = postgres;
  await postgres.createDatabase({ name: database });
  const superuser = new Pool({ host, port, database, ...postgres.superuser, max: 2 });
  // A session that is still open when the server ends is told so, and nobody is to hear of it.
  superuser.on('error', () => undefined);
  return {
    postgres,
    superuser,
    close: async () => {
      await superuser.end();
      await postgres.stop();
    },
  };
}

const database = 'shop';

/** Two roles, their owner and their administrator, all of their own. */
export interface AlternatingSystem extends System {
  readonly users: readonly [string, string];
  readonly owner: string;
  readonly admin: string;
  /** What the administrator's secret holds: a test may change it. */
  readonly adminSecret: Record<string, string>;
  /** Runs statements in the database as the superuser. */
  readonly run: (text: string) => Promise<void>;
}

export interface AlternatingRequest {
  /** More options of the rotator. */
  readonly options?: object;
  /** Put before the names of the roles. */
  readonly prefix?: string;
}

/**
 * Sets two roles up as `keyturn init postgres-alternating` does: by an administrator who is no
 * superuser, and who may change the roles because he made them.
 */
export async function buildAlternating(
  ground: AlternatingGround,
  { options, prefix = 'app' }: AlternatingRequest = {},
): Promise<AlternatingSystem> {
  const { postgres, superuser } = ground;
  const { host, port } = postgres;
  const id = randomBytes(5).toString('hex');
  const name = (what: string) => `${prefix}_${id}_${what}`;
  const [owner, admin] = [name('owner'), name('admin')];
  const users = [name('a'), name('b')] as const;
  const [password, adminPassword] = [secretText(), secretText()];
  const run = async (text: string) => void (await superuser.query(text));
  const adminVerifier = escapeLiteral(await scramVerifier(adminPassword));
  const statements = setUpStatements({ owner, users }, { verifier: await scramVerifier(password) });
  await run(
    `CREATE ROLE ${escapeIdentifier(admin)} LOGIN CREATEROLE PASSWORD ${adminVerifier};
     SET SESSION AUTHORIZATION ${escapeIdentifier(admin)}; ${statements.join(' ')}
     RESET SESSION AUTHORIZATION`,
  );

  const adminSecret = { username: admin, password: adminPassword };
  const credential = (value: string): Credential => ({ DB_USER: users[0], DB_PASSWORD: value });

  return {
    users,
    owner,
    admin,
    adminSecret,
    run,
    current: credential(password),
    wrong: credential(secretText()),

    async rotator(gate) {
      return bind(postgresAlternating, {
        key: 'DB_PASSWORD',
        options: { host, port, database, tls: 'off', adminSecret: 'shop/admin', users, ...options },
        systems: {
          postgres: {
            logIn: async (request) =>
              postgresServer.logIn(await through(gate, request, { whole: true })),
            open: async (request) => postgresServer.open(await through(gate, request)),
          },
          readSecret: async () => SecretDocument.parse(JSON.stringify(adminSecret)),
        },
      });
    },
    works: async (given) =>
      (await login(postgres, textIn(given, 'DB_USER'), textIn(given, 'DB_PASSWORD'))) === owner,
    async state() {
      const text =
        'SELECT rolname, rolpassword, rolcanlogin FROM pg_authid WHERE rolname IN ($1, $2) ORDER BY 1';
      return (await superuser.query(text, [...users])).rows;
    },
    settled: async () => undefined,
    async close() {
      const roles = [...users, owner, admin];
      // A call that was broken off may still have its transaction open.
      await superuser.query(
        'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = ANY($1)',
        [roles],
      );
      await run(`DROP ROLE IF EXISTS ${roles.map(escapeIdentifier).join(', ')}`);
    },
  };
}

/** A login counts as one call; in a session every statement does. */
const through = async (gate: Gate, request: LogInRequest, options?: { whole: boolean }) => {
  const { host, port } = request;
  return { ...request, ...(await gate.to('postgres', { host, port }, options)) };
};

const secretText = () => randomBytes(15).toString('base64url');

const textIn = (credential: Credential, key: string) => {
  const value = credential[key];
  return typeof value === 'string' ? value : '';
};
