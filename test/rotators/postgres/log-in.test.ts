import { execFile as execFileWithCallback } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../src/local/postgres/free-port.ts';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import type { LogInRequest } from '../../../src/rotators/database/server.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';
import { type Authority, createAuthority } from '../../support/certificates.ts';
import { expectTold } from '../../support/expect-told.ts';

const execFile = promisify(execFileWithCallback);
const password = 'a-password-of-the-application';

let postgres: Postgres;
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
  postgres = await startPostgres({ tls: await authority.issue({ names: ['IP:127.0.0.1'] }) });
  await postgres.createRole({ name: 'app', password });
  await postgres.createRole({ name: 'locked_out', password, login: false });
  await postgres.createRole({ name: 'crowded', password });
  await postgres.query('ALTER ROLE crowded CONNECTION LIMIT 0');
  await postgres.createDatabase({ name: 'private' });
  await postgres.query('REVOKE CONNECT ON DATABASE private FROM PUBLIC');
  await postgres.createDatabase({ name: 'full' });
  await postgres.query('ALTER DATABASE "full" CONNECTION LIMIT 0');
  await postgres.createRole({ name: 'expired', password });
  await postgres.query(`ALTER ROLE expired VALID UNTIL '2020-01-01'`);
});
afterAll(() => postgres.stop());

const logIn = (request: Partial<LogInRequest> = {}) =>
  postgresServer.logIn({
    host: postgres.host,
    port: postgres.port,
    user: 'app',
    password,
    database: 'postgres',
    tls: 'off',
    signal: new AbortController().signal,
    ...request,
  });

const failureOf = (request: Partial<LogInRequest>, code: ErrorCode = 'UNREACHABLE') =>
  logIn(request).then(
    (verdict) => expect.unreachable(`there was a verdict: ${verdict}`),
    (error: unknown) => expectTold(error, { code, secrets: [password] }),
  );

describe('the verdict on a password', () => {
  test.each<[string, Partial<LogInRequest>, 'accepted' | 'rejected']>([
    ['the right one', {}, 'accepted'],
    ['the right one, for a database that is not there (3D000)', { database: 'none' }, 'accepted'],
    ['the right one, for a database it may not enter (42501)', { database: 'private' }, 'accepted'],
    ['the right one, when its role has too many sessions (53300)', { user: 'crowded' }, 'accepted'],
    [
      'the right one, when its database has too many sessions (53300)',
      { database: 'full' },
      'accepted',
    ],
    [
      'a wrong one, when its role has too many sessions',
      { user: 'crowded', password: 'wrong' },
      'rejected',
    ],
    ['a wrong one (28P01)', { password: 'wrong' }, 'rejected'],
    [
      'a wrong one, for a database that is not there',
      { password: 'wrong', database: 'none' },
      'rejected',
    ],
    [
      'a wrong one, for a role without a login',
      { user: 'locked_out', password: 'wrong' },
      'rejected',
    ],
    ['the right one, of a role without a login (28000)', { user: 'locked_out' }, 'rejected'],
    ['the right one, after it has expired', { user: 'expired' }, 'rejected'],
    ['any, for a role that is not there', { user: 'nobody' }, 'rejected'],
  ])('%s', async (_, request, verdict) => {
    expect(await logIn(request)).toBe(verdict);
  });

  test.each(['with space', `quote'"`, 'back\\slash', 'ünïcödé', '%41@:/?#', ' '])(
    'takes the password %j as it is',
    async (odd) => {
      await postgres.query(`ALTER ROLE app PASSWORD '${odd.replaceAll("'", "''")}'`);
      onTestFinished(() => postgres.setPassword('app', password));

      expect(await logIn({ password: odd })).toBe('accepted');
      expect(await logIn({ password: `${odd}x` })).toBe('rejected');
    },
  );
});

describe('no verdict', () => {
  test('when nothing listens', async () => {
    const port = await freePort('127.0.0.1');

    const { message } = await failureOf({ port });

    expect(message).toContain(`127.0.0.1:${port}`);
    expect(message).toContain('ECONNREFUSED');
  });

  test('when the host is not known', async () => {
    expect((await failureOf({ host: 'database.invalid' })).message).toContain('database.invalid');
  });

  test('when the server lets nobody in from here (28000): that is not about the password', async () => {
    await withRule('host all app all reject');

    const { message } = await failureOf({});

    expect(message).toContain('28000');
    expect(message).toContain('pg_hba.conf');
  });

  test('when the server asks for no password: any would be accepted', async () => {
    await withRule('host all app all trust');

    const right = await failureOf({}, 'SETUP_UNSUITABLE');
    const wrong = await failureOf({ password: 'wrong' }, 'SETUP_UNSUITABLE');
    const nowhere = await failureOf({ database: 'none' }, 'SETUP_UNSUITABLE');

    for (const { message } of [right, wrong, nowhere]) expect(message).toContain('pg_hba.conf');
  });

  test.each<[string, Partial<LogInRequest>]>([
    ['user', { user: 'app\0database\0postgres' }],
    ['database', { database: 'postgres\0user\0rdsadmin' }],
    ['password', { password: `${password}\0` }],
  ])('when the %s could be read as something else: nothing is sent', async (_, request) => {
    let calls = 0;
    const place = await serving(() => void (calls += 1));

    await failureOf({ ...place, ...request }, 'KEY_UNUSABLE');

    expect(calls).toBe(0);
  });

  test('when TLS is demanded of a server that has none', async () => {
    const plain = await serving((socket) => socket.once('data', () => socket.write('N')));

    const { message } = await failureOf({ ...plain, tls: 'verify' }, 'TLS_FAILED');

    expect(message).toContain('does not speak TLS');
  });

  test('when the certificate is of an unknown authority', async () => {
    const { message } = await failureOf({ tls: 'verify' }, 'TLS_FAILED');

    expect(message).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('when something else listens there', async () => {
    const other = await serving((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));

    expect((await failureOf(other)).retryable).toBe(true);
  });

  test('when the server says nothing, after five seconds, naming host and port (F-7)', async () => {
    const started = performance.now();

    const place = await serving(() => undefined);
    const { message } = await failureOf(place);

    expect(performance.now() - started).toBeGreaterThan(4_500);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(message).toContain(`${place.host}:${place.port}`);
    expect(message).toContain('security groups');
  });
});

describe('when time is up', () => {
  test('nobody is called any more', async () => {
    let calls = 0;
    const place = await serving(() => void (calls += 1));

    await failureOf({ ...place, signal: AbortSignal.abort() });

    expect(calls).toBe(0);
  });

  test.each<[string, 'off' | 'verify', (socket: Socket) => void]>([
    ['a server that says nothing', 'off', () => undefined],
    ['a server that does not answer the wish for TLS', 'verify', () => undefined],
    [
      'a server that stops in the middle of the handshake',
      'verify',
      (socket) => socket.once('data', () => socket.write('S')),
    ],
  ])('%s is not waited for', async (_, tls, answer) => {
    const place = await serving(answer);
    const started = performance.now();

    await failureOf({ ...place, tls, signal: AbortSignal.timeout(100) });

    expect(performance.now() - started).toBeLessThan(700);
  });
});

describe('over TLS, in a process that trusts the authority', () => {
  test.each([
    ['127.0.0.1', 'accepted'],
    ['localhost', 'TLS_FAILED'],
  ])('a server whose certificate is for 127.0.0.1, called as %s: %s', async (host, outcome) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'keyturn-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'ca.pem');
    await writeFile(file, authority.cert);
    const request = { host, port: postgres.port, user: 'app', password, database: 'postgres' };
    const module = path.resolve('src/rotators/postgres/postgres-server.ts');
    const script = `
      const { postgresServer } = await import(${JSON.stringify(module)});
      const request = { ...${JSON.stringify(request)}, tls: 'verify' };
      const signal = AbortSignal.timeout(10_000);
      console.log(await postgresServer.logIn({ ...request, signal }).catch(({ code }) => code));`;

    const { stdout } = await execFile(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
    });

    expect(stdout.trim()).toBe(outcome);
  });
});

test('a login leaves no session behind', async () => {
  await logIn();
  await logIn({ password: 'wrong' });

  const sessions = await postgres.query(`SELECT 1 FROM pg_stat_activity WHERE usename = 'app'`);
  expect(sessions).toEqual([]);
});

/** A server of its own, which is closed when the test ends. */
async function serving(answer: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 };
}

/** A first rule of the server for the length of a test. */
async function withRule(rule: string): Promise<void> {
  const hba = path.join(path.dirname(postgres.logPath), 'data', 'pg_hba.conf');
  const rules = await readFile(hba, 'utf8');
  await rewrite(hba, `${rule}\n${rules}`);
  onTestFinished(() => rewrite(hba, rules));
}

async function rewrite(hba: string, rules: string): Promise<void> {
  await writeFile(hba, rules);
  await postgres.query('SELECT pg_reload_conf()');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
