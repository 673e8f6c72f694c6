import { randomBytes } from 'node:crypto';
import { RDSClient } from '@aws-sdk/client-rds';
import { Client, escapeLiteral } from 'pg';
import { rdsDatabases } from '../../src/aws/rds-databases.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { type PostgresOptions, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { createRds, type Rds } from '../../src/local/rds/create-rds.ts';
import type { Database, InstanceSeed } from '../../src/local/rds/database.ts';
import type { RdsBehaviour } from '../../src/local/rds/rds-behaviour.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import type { LogInRequest } from '../../src/rotators/database/server.ts';
import { postgresServer } from '../../src/rotators/postgres/postgres-server.ts';
import { rdsMasterPassword } from '../../src/rotators/rds-master-password/rds-master-password.ts';
import { login } from '../local/postgres/login.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';
import type { Gate } from './gate.ts';
import { hurried } from './hurried.ts';

/** A PostgreSQL, and a session of its superuser that is kept, since every login costs time. */
export interface Ground {
  readonly host: string;
  readonly port: number;
  readonly session: Client;
  /** The server's log. */
  readonly logPath: string;
  close(): Promise<void>;
}

export async function startGround(options: PostgresOptions = {}): Promise<Ground> {
  const postgres = await startPostgres(options);
  const { host, port, superuser, logPath } = postgres;
  const session = new Client({ host, port, database: 'postgres', ...superuser });
  await session.connect();
  // Logins are many here, and what they cost is proven elsewhere.
  await session.query('SET scram_iterations = 16');
  // What a test does by itself shall not be taken for what was tested.
  await session.query(`SET log_statement = 'none'`);
  return {
    host,
    port,
    session,
    logPath,
    close: async () => {
      await session.end();
      await postgres.stop();
    },
  };
}

export interface RdsSystem extends System {
  readonly rds: Rds;
  /** The live database in the stand-in: a test may change it. */
  readonly database: Database;
  readonly identifier: string;
  readonly user: string;
  /** The AWS endpoint itself, past any gate. */
  readonly url: string;
}

export interface RdsRequest {
  readonly kind?: 'instance' | 'cluster';
  readonly behaviour?: Partial<RdsBehaviour>;
  /** More options of the rotator. */
  readonly options?: object;
  /** What the database is, beside the usual. */
  readonly seed?: Partial<InstanceSeed>;
  /** A login counts as one call, and not as one for each of its turns. */
  readonly wholeLogins?: boolean;
  /** Attempts of the AWS client; one, so that every broken call is seen. */
  readonly maxAttempts?: number;
}

/** Times of a fast RDS, in ms; the rotator's clock runs ten times as fast to match. */
const fast = { statusDelayMs: 10, resetMs: 20, settleMs: 10 };
const times = 10;

/** An RDS over HTTP with one database on a real PostgreSQL, whose master user is its own. */
export async function buildRds(ground: Ground, request: RdsRequest = {}): Promise<RdsSystem> {
  const {
    kind = 'instance',
    behaviour,
    seed,
    options,
    maxAttempts = 1,
    wholeLogins = false,
  } = request;
  const identifier = `db-${randomBytes(6).toString('hex')}`;
  const user = `master_${identifier.slice(3)}`;
  const password = randomBytes(15).toString('base64url');
  const setPassword = async (value: string) => {
    await ground.session.query(`ALTER ROLE ${user} PASSWORD ${escapeLiteral(value)}`);
  };
  await ground.session.query(`CREATE ROLE ${user} LOGIN`);
  await setPassword(password);
  const rds = createRds({ clock: realClock, behaviour: { ...fast, ...behaviour } });
  const seeded: InstanceSeed = {
    identifier,
    engine: kind === 'instance' ? 'postgres' : 'aurora-postgresql',
    masterUsername: user,
    endpoint: { address: ground.host, port: ground.port },
    applyMasterPassword: setPassword,
    ...seed,
  };
  const database = kind === 'instance' ? rds.addInstance(seeded) : rds.addCluster(seeded);
  const server = await serveHttp(createAwsEndpoint([rds.service]));
  const verifier = async () => {
    const text = 'SELECT rolpassword, rolcanlogin FROM pg_authid WHERE rolname = $1';
    return (await ground.session.query(text, [user])).rows;
  };

  return {
    rds,
    database,
    identifier,
    user,
    url: server.url,
    current: { DB_PASSWORD: password, DB_USER: user },
    wrong: { DB_PASSWORD: randomBytes(15).toString('base64url'), DB_USER: user },

    async rotator(gate) {
      const aws = await gate.to('rds', { host: '127.0.0.1', port: server.port });
      const client = new RDSClient({
        endpoint: `http://${aws.host}:${aws.port}`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts,
      });
      return bind(rdsMasterPassword, {
        key: 'DB_PASSWORD',
        options: {
          [kind]: identifier,
          tls: 'off',
          usernameKey: 'DB_USER',
          switchTimeout: '30s',
          ...options,
        },
        systems: {
          clock: hurried(realClock, times),
          openRds: rdsDatabases(async () => client),
          postgres: { ...postgresServer, logIn: through(gate, wholeLogins) },
        },
      });
    },
    works: async (credential) => (await login(ground, user, text(credential))) === user,
    state: async () => [await verifier(), database.status, database.password, rds.resets.length],
    settled: () => rds.idle(),
    async close() {
      await rds.close();
      await server.close();
    },
  };
}

const through = (gate: Gate, whole: boolean) => async (request: LogInRequest) => {
  const { host, port } = request;
  return postgresServer.logIn({
    ...request,
    ...(await gate.to('postgres', { host, port }, { whole })),
  });
};

const text = ({ DB_PASSWORD: password }: Credential) =>
  typeof password === 'string' ? password : '';
