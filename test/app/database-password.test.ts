import { createPool } from 'mysql2';
import { Pool } from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  databasePassword,
  keepPassword,
  passwordOptions,
  type Secrets,
  useSecrets,
  withAuthRetry,
} from '../../src/app/index.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { localSecrets, type LocalSecrets } from '../cli/local-secrets.ts';
import { SecretInMemory } from './in-memory.ts';
import { PatientClock } from './driven.ts';
import { pgPool, postgresPool, type Where } from './opened-pool.ts';
import { passwordSecret, second } from './password-secret.ts';
import { type ServerWithUser, testRotatedPasswords } from './rotated-password.ts';

describe('on PostgreSQL', () => {
  testRotatedPasswords(startServer, { pg: pgPool, postgres: postgresPool });
});

describe('in a switch gap, with one connection for all', () => {
  let server: ServerWithUser;
  let local: LocalSecrets;

  beforeAll(async () => {
    [server, local] = await Promise.all([startServer(), localSecrets()]);
    await server.setPassword(second);
  });
  afterAll(() => Promise.all([server.stop(), local.close()]));

  /** A pool of one connection, with every password that it was given. */
  async function inGap(open: typeof openPg) {
    const secret = await passwordSecret(local);
    await secret.makePending(second);
    const given: string[] = [];
    const answer = databasePassword('DB_PASSWORD', { secrets: secret.secrets });
    const password = () => {
      const value = answer();
      given.push(value);
      return value;
    };
    const query = open({ ...server.where, password });
    return { secrets: secret.secrets, query, given };
  }

  const drivers = { pg: openPg, postgres: openPostgres };

  test.for(Object.entries(drivers))(
    'a query of %s gets through, as it is written, and no password is sent twice',
    async ([, open]) => {
      const { secrets, query, given } = await inGap(open);

      await withAuthRetry(query, { secrets, withinMs: 10_000 });

      expect(given).toEqual([...new Set(given)]);
    },
  );

  test.for(Object.entries(drivers))(
    'fifty queries of %s get through with few wrong logins',
    async ([, open]) => {
      const { secrets, query, given } = await inGap(open);

      const asked = Array.from({ length: 50 }, () =>
        withAuthRetry(query, { secrets, withinMs: 10_000 }).then(() => 'in'),
      );

      expect(await Promise.all(asked)).toEqual(Array(50).fill('in'));
      expect(given.length).toBeLessThan(10);
    },
  );
});

test('is of the secrets that the process has when it connects', async () => {
  const password = databasePassword('DB_PASSWORD');
  const options = passwordOptions({ host: 'h' }, 'DB_PASSWORD');
  const pool = keepPassword(createPool({ host: 'h' }), 'DB_PASSWORD');

  useSecrets(await inMemory({ DB_PASSWORD: 'p1' }).ready());

  expect(password()).toBe('p1');
  expect(configured(pool)).toMatchObject({ password: 'p1' });
  expect(options).toHaveProperty('stream');
});

/** What a pool of mysql2 opens its next connection with. */
function configured(pool: object): unknown {
  const configure: unknown = Reflect.get(pool, '_createConnectionConfig');
  return typeof configure === 'function' ? Reflect.apply(configure, pool, []) : undefined;
}

function inMemory(document: Readonly<Record<string, string>>): Secrets<object> {
  const secret = new SecretInMemory();
  secret.label('AWSCURRENT', secret.add(document));
  const secrets = secret.application(new PatientClock());
  onTestFinished(() => secrets.close());
  return secrets;
}

interface Opening extends Where {
  readonly password: () => string;
}

/** Answers a query as an application writes it: that of postgres begins when somebody waits for it. */
function openPg(opening: Opening): () => Promise<unknown> {
  const pool = new Pool({ ...opening, database: 'postgres', max: 1 });
  onTestFinished(() => pool.end());
  return () => pool.query('SELECT 1');
}

function openPostgres(opening: Opening): () => Promise<unknown> {
  const sql = postgres({ ...opening, database: 'postgres', max: 1 });
  onTestFinished(() => sql.end());
  return () => sql`SELECT 1`;
}

async function startServer(): Promise<ServerWithUser> {
  const server = await startPostgres();
  const { host, port } = server;
  await server.createRole({ name: 'app' });
  return {
    where: { host, port, user: 'app' },
    setPassword: (password) => server.setPassword('app', password),
    stop: () => server.stop(),
  };
}
