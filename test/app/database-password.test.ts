import { describe } from 'vitest';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { pgPool, postgresPool } from './opened-pool.ts';
import { type ServerWithUser, testRotatedPasswords } from './rotated-password.ts';

describe('on PostgreSQL', () => {
  testRotatedPasswords(startServer, { pg: pgPool, postgres: postgresPool });
});

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
