import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PortInUseError, serveHttp } from '../../../src/local/http-server.ts';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import { homes, leftBehind } from './left-behind.ts';
import { login } from './login.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const asRoot = process.getuid?.() === 0;
const homeOf = (server: Postgres) => path.dirname(server.logPath);

/** A temporary folder of our own, so that other servers of this machine are not counted. */
let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'keyturn-test-'));
  await chmod(temporary, 0o1777);
  vi.stubEnv('TMPDIR', temporary);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

describe('a running server', () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await startPostgres({ logStatements: true });
  });
  afterAll(() => server.stop());

  test('answers the superuser', async () => {
    const rows = await server.query<{ sum: number }>('SELECT $1::int + 1 AS sum', [41]);

    expect(rows).toEqual([{ sum: 42 }]);
  });

  test('lets nobody in without the password, the superuser included', async () => {
    await server.createRole({ name: 'careful', password: 'right-password' });

    expect(await login(server, 'careful', 'right-password')).toBe('careful');
    expect(await login(server, 'careful', 'wrong-password')).toBe('28P01');
    expect(await login(server, server.superuser.user, 'wrong-password')).toBe('28P01');
  });

  test('opens no unix socket', async () => {
    const [row] = await server.query<{ folders: string }>(
      `SELECT current_setting('unix_socket_directories') AS folders`,
    );

    expect(row).toEqual({ folders: '' });
  });

  test('sets a password: the new one logs in, the old one is refused, open sessions go on', async () => {
    await server.createRole({ name: 'changing', password: 'first-password' });
    const session = new Client({ ...at(server), user: 'changing', password: 'first-password' });
    await session.connect();

    await server.setPassword('changing', 'second-password');

    expect(await login(server, 'changing', 'second-password')).toBe('changing');
    expect(await login(server, 'changing', 'first-password')).toBe('28P01');
    expect((await session.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await session.end();
  });

  test('takes a password that looks like a verifier for the password it is', async () => {
    const password = `SCRAM-SHA-256$4096:${'A'.repeat(22)}==$${'A'.repeat(43)}=:${'A'.repeat(43)}=`;
    await server.createRole({ name: 'odd', password: 'first-password' });

    await server.setPassword('odd', password);

    expect(await login(server, 'odd', password)).toBe('odd');
  });

  test('keeps passwords out of its log and its process arguments', async () => {
    await server.createRole({ name: 'silent', password: 'clear-text-one' });
    await server.setPassword('silent', 'clear-text-two');

    const log = await readFile(server.logPath, 'utf8');
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);

    expect(log).toContain('ALTER ROLE "silent"');
    for (const secret of ['clear-text-one', 'clear-text-two', server.superuser.password]) {
      expect(log).not.toContain(secret);
      expect(stdout).not.toContain(secret);
    }
  });

  test.each([
    ['an empty one', ''],
    ['one with a letter in two parts', 'pa\u0308ssword'],
    ['one with a space that is none of ASCII', 'pass\u00a0word'],
  ])(
    'refuses a password that the driver and the server may read differently: %s',
    async (_, password) => {
      const setting = server.setPassword('rdsadmin2', password);

      await expect(setting).rejects.toThrow('every client takes as it is');
    },
  );

  test('makes roles with groups and databases with owners', async () => {
    await server.createRole({ name: 'owner', login: false });
    await server.createRole({ name: 'member', password: 'member-password', memberOf: ['owner'] });
    await server.createDatabase({ name: 'app', owner: 'owner' });

    const rows = await server.query(
      `SELECT pg_get_userbyid(datdba) AS owner, pg_has_role('member', 'owner', 'member') AS belongs
       FROM pg_database WHERE datname = 'app'`,
    );

    expect(rows).toEqual([{ owner: 'owner', belongs: true }]);
  });

  test.runIf(asRoot)('runs as an unprivileged user where we are root', async () => {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'user,args']);

    const ours = stdout.split('\n').filter((line) => line.includes(homeOf(server)));

    expect(ours.length).toBeGreaterThan(0);
    expect(ours.filter((line) => !line.startsWith('nobody'))).toEqual([]);
  });
});

test('speaks TLS with the certificate it is given', async ({ skip }) => {
  const pair = await selfSigned();
  if (!pair) return skip('there is no openssl to make a certificate with');
  const server = await startPostgres({ tls: pair });
  const client = new Client({
    ...at(server),
    ...server.superuser,
    ssl: { ca: pair.cert, servername: 'localhost' },
  });
  await client.connect();

  const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');

  expect(rows).toEqual([{ ssl: true }]);
  await client.end();
  await server.stop();
});

describe('nothing is left', () => {
  test('after stop, which may be called twice at once and again', async () => {
    const server = await startPostgres();
    const session = new Client({ ...at(server), ...server.superuser });
    session.on('error', () => undefined);
    await session.connect();

    await Promise.all([server.stop(), server.stop()]);
    await server.stop();

    expect(await leftBehind(homeOf(server))).toEqual([]);
  });

  test('after stop of a server that does not react', async () => {
    const before = await sharedMemory();
    const server = await startPostgres();
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args']);
    const line = stdout.split('\n').find((each) => each.includes(`${homeOf(server)}/data`));
    process.kill(Number.parseInt(line ?? '', 10), 'SIGSTOP');

    await server.stop();

    expect(await leftBehind(homeOf(server))).toEqual([]);
    expect(await sharedMemory()).toEqual(before);
  });

  test.each([0, 60, 250, 500, 700])('after a start that is called off after %i ms', async (ms) => {
    const abort = new AbortController();
    const starting = startPostgres({ signal: abort.signal });
    const outcome = starting.then(
      (server) => server.stop(),
      (error: unknown) => error,
    );
    await sleep(ms);

    abort.abort(new Error('called off'));

    expect([undefined, 'called off']).toContain(messageOf(await outcome));
    expect(await homes()).toEqual([]);
  });

  test('after a start that fails, whose error ends with the log', async () => {
    const starting = startPostgres({ tls: { cert: 'no certificate', key: 'no key' } });

    await expect(starting).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: expect.stringContaining('could not load server certificate file'),
    });
    expect(await homes()).toEqual([]);
  });

  test('after a start on a port in use, which says so', async () => {
    const other = await serveHttp(() => new Response());

    const starting = startPostgres({ port: other.port });

    await expect(starting).rejects.toThrow(new PortInUseError(other.port).message);
    expect(await homes()).toEqual([]);
    await other.close();
  });

  test.each([
    ['leaves by process.exit', 'process.exit(0)'],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`],
    ['has nothing left to do', ''],
  ])('soon after the process that started it %s', async (_, ending) => {
    const { stdout, folder } = await run(root, ending);

    await vi.waitFor(
      async () => expect(await leftBehind(stdout.split('\n')[0] ?? '')).toEqual([]),
      10_000,
    );
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(!asRoot)('as root, with a user of its own (skipped: we are not root)', () => {
  test('copies the binaries when they lie in a folder that this user may not enter', async () => {
    const closed = await mkdtemp(path.join(tmpdir(), 'keyturn-closed-'));
    await symlink(path.join(root, 'src'), path.join(closed, 'src'));
    await symlink(path.join(root, 'node_modules'), path.join(closed, 'node_modules'));

    const { stdout, folder } = await run(closed, 'await server.stop()');
    const [home, binaries] = stdout.trim().split('\n');

    expect(binaries).toBe(`${home}/native/bin`);
    expect(await leftBehind(home ?? '')).toEqual([]);
    await rm(closed, { recursive: true });
    await rm(folder, { recursive: true });
  });

  test('runs the binaries where they are when it may, and only then', async () => {
    const { stdout, folder } = await run(root, 'await server.stop()');

    expect(stdout.includes(`${root}/node_modules/`)).toBe(await everyoneMayEnter(root));
    await rm(folder, { recursive: true });
  });

  test('finds another temporary folder when this user may not enter the first', async () => {
    const closed = await mkdtemp(path.join(tmpdir(), 'keyturn-closed-'));
    vi.stubEnv('TMPDIR', closed);

    const server = await startPostgres();

    expect(server.logPath).not.toContain(closed);
    await server.stop();
    expect(await leftBehind(homeOf(server))).toEqual([]);
    vi.stubEnv('TMPDIR', temporary);
    await rm(closed, { recursive: true });
  });
});

const at = ({ host, port }: Postgres) => ({ host, port, database: 'postgres' });

const messageOf = (outcome: unknown) => (outcome instanceof Error ? outcome.message : outcome);

async function selfSigned(): Promise<{ cert: string; key: string } | undefined> {
  const options = '-x509 -newkey rsa:2048 -nodes -keyout - -out - -subj /CN=localhost -days 1';
  try {
    const made = await promisify(execFile)('openssl', ['req', ...options.split(' ')]);
    const [key = '', cert = ''] = made.stdout.split(/(?=-----BEGIN CERTIFICATE)/);
    return { key, cert };
  } catch {
    return undefined;
  }
}

/** System V segments that nobody uses: where the machine has no ipcs, none. */
async function sharedMemory(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ipcs', ['-m']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => /\s56\s+0\s*$/.test(line));
}

/** A process of its own that starts a server from the sources below `base`, prints its home, ends. */
async function run(base: string, ending: string): Promise<{ stdout: string; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keyturn-run-'));
  const script = path.join(folder, 'run.ts');
  await writeFile(
    script,
    `import path from 'node:path';
     import { startPostgres } from '${base}/src/local/postgres/start-postgres.ts';
     const server = await startPostgres();
     console.log(path.dirname(server.logPath));
     const [row] = await server.query("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
     console.log(row.setting);
     ${ending}`,
  );
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  const child = spawn(process.execPath, [...flags, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  await once(child, 'close');
  return { stdout, folder };
}

async function everyoneMayEnter(folder: string): Promise<boolean> {
  const open = ((await stat(folder)).mode & 0o001) !== 0;
  const parent = path.dirname(folder);
  return open && (parent === folder || (await everyoneMayEnter(parent)));
}
