import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import { type DoctorRig, startDoctorRig } from './doctor-rig.ts';

let rig: DoctorRig;
beforeAll(async () => {
  rig = await startDoctorRig();
});
afterAll(() => rig.stop());

const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Takes connections and says nothing, or a byte of an answer now and then. */
const silent = () => portOf(createServer((socket) => void socket.on('error', () => undefined)));
const dripping = () =>
  portOf(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x'), 500);
      socket.on('close', () => clearInterval(drip));
    }),
  );

test('a pipe in place of .env is not waited for', async () => {
  expect((await rig.doctor({ pipes: ['.env'] })).fails).toEqual([]);
});

test("a pipe in place of AWS's configuration is told, and not waited for", async () => {
  const { fails, of } = await rig.doctor({ pipes: ['.aws/config'] });

  expect(fails).toEqual(['CREDENTIALS_FAILED']);
  expect(of('CREDENTIALS_FAILED')?.message).toContain('a pipe');
});

test('the command ends where what it asked never answers', { timeout: 120_000 }, async () => {
  const [program, container, endpoint] = await Promise.all([
    rig.doctor({
      env: { ...noKeys, AWS_PROFILE: 'slow' },
      aws: { config: '[profile slow]\ncredential_process = sleep 300\n' },
    }),
    rig.doctor({
      env: {
        ...noKeys,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${await silent()}/role`,
      },
    }),
    rig.doctor({ env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${await dripping()}` } }),
  ]);

  expect(program.fails).toEqual(['CREDENTIALS_FAILED']);
  expect(container.fails).toEqual(['CREDENTIALS_FAILED']);
  expect(endpoint.fails).toEqual(['ENDPOINT_TIMEOUT']);
});

test('credentials of a program that ended by its own date have expired', async () => {
  const told = JSON.stringify({
    Version: 1,
    AccessKeyId: 'ASIALOCAL',
    SecretAccessKey: 'local',
    Expiration: '2020-01-01T00:00:00Z',
  });
  const { fails } = await rig.doctor({
    env: { ...noKeys, AWS_PROFILE: 'program' },
    aws: { config: `[profile program]\ncredential_process = echo '${told}'\n` },
  });

  expect(fails).toEqual(['CREDENTIALS_EXPIRED']);
});

test('http to a port that speaks TLS is told as that', async () => {
  const { key, cert } = await (await createAuthority()).issue({ names: ['DNS:localhost'] });
  const port = await portOf(createTlsServer({ key, cert }));

  const { fails, of } = await rig.doctor({
    env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
  });

  expect(fails).toEqual(['ENDPOINT_TLS_FAILED']);
  expect(of('ENDPOINT_TLS_FAILED')?.fix).toContain(`https://127.0.0.1:${port}`);
});

test('an object without keys is a warning', async () => {
  const values = await rig.read();
  onTestFinished(async () => void (await rig.put(JSON.stringify(values))));
  await rig.put('{}');

  expect((await rig.doctor()).warnings).toContain('VALUE_EMPTY');
});

test('the name of a key forges no line of the report', async () => {
  const values = await rig.read();
  onTestFinished(async () => void (await rig.put(JSON.stringify(values))));
  await rig.put(JSON.stringify({ ...values, 'A\n  ✓ ok: forged': 'something' }));

  const { stdout } = await rig.run({ args: ['reminder-app/production'] });

  expect(stdout).not.toMatch(/^ +✓ ok: forged/m);
  expect(stdout).toContain('A\\n  ✓ ok: forged');
});
