import { DescribeDBInstancesCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { Client } from 'pg';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import { createRds, type Rds } from '../../../src/local/rds/create-rds.ts';
import { login } from '../postgres/login.ts';
import { serveRds } from './rds-client.ts';

const clock = new DrivenClock();
let postgres: Postgres;
let rds: Rds;
let served: Awaited<ReturnType<typeof serveRds>>;

beforeAll(async () => {
  postgres = await startPostgres({ logStatements: true });
  await postgres.createRole({ name: 'master', password: 'first-password', createRole: true });
  rds = createRds({ clock });
  rds.addInstance({
    identifier: 'reminder-app',
    engine: 'postgres',
    masterUsername: 'master',
    endpoint: { address: postgres.host, port: postgres.port },
    applyMasterPassword: (password) => postgres.setPassword('master', password),
  });
  served = await serveRds(rds);
});
afterAll(async () => {
  await served.close();
  await postgres.stop();
});

test('a reset changes the login at the real server, and open sessions go on', async () => {
  const { client } = served;
  const described = await client.send(new DescribeDBInstancesCommand());
  const { Address: host, Port: port } = described.DBInstances?.[0]?.Endpoint ?? {};
  const session = new Client({
    host,
    port,
    user: 'master',
    password: 'first-password',
    database: 'postgres',
  });
  await session.connect();
  await client.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: 'reminder-app',
      MasterUserPassword: 'second-password',
      ApplyImmediately: true,
    }),
  );
  expect(await login(postgres, 'master', 'first-password')).toBe('master');
  expect(await login(postgres, 'master', 'second-password')).toBe('28P01');

  await clock.drive(rds.idle());

  expect(await login(postgres, 'master', 'second-password')).toBe('master');
  expect(await login(postgres, 'master', 'first-password')).toBe('28P01');
  expect((await session.query('SELECT current_user AS user')).rows).toEqual([{ user: 'master' }]);
  expect(await readFile(postgres.logPath, 'utf8')).not.toContain('second-password');
  await session.end();
});
