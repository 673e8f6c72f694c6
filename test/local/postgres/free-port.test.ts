import { expect, test } from 'vitest';
import { PortInUseError, serveHttp } from '../../../src/local/http-server.ts';
import { freePort, onFreePort } from '../../../src/local/postgres/free-port.ts';
import { startPostgres } from '../../../src/local/postgres/start-postgres.ts';

test('takes another port when the first was taken meanwhile', async () => {
  const other = await serveHttp(() => new Response());
  const free = await freePort('127.0.0.1');
  const picks = [other.port, free];

  const server = await onFreePort(
    (port) => startPostgres({ port }),
    async () => picks.shift() ?? 0,
  );

  expect(server.port).toBe(free);
  await server.stop();
  await other.close();
});

test('gives up after five ports that were all taken', async () => {
  let attempts = 0;
  const work = onFreePort(
    async (port) => {
      attempts += 1;
      throw new PortInUseError(port);
    },
    async () => 5432,
  );

  await expect(work).rejects.toThrow('Port 5432 is in use.');
  expect(attempts).toBe(5);
});
