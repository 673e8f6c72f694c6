import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../src/local/postgres/free-port.ts';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import type { LogInRequest } from '../../../src/rotators/database/server.ts';
import { mysqlServer } from '../../../src/rotators/mysql/mysql-server.ts';
import { expectTold } from '../../support/expect-told.ts';
import { openSession, startMysqlGround, type MysqlGround } from '../../support/mysql-system.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';

const password = 'a-password-of-the-application';

const request = (given: Partial<LogInRequest> = {}): LogInRequest => ({
  host: '127.0.0.1',
  port: 1,
  user: 'app',
  password,
  database: '',
  tls: 'off',
  signal: new AbortController().signal,
  ...given,
});

const failureOf = (given: Partial<LogInRequest>, code: ErrorCode = 'UNREACHABLE') =>
  mysqlServer.logIn(request(given)).then(
    (verdict) => expect.unreachable(`there was a verdict: ${verdict}`),
    (error: unknown) => expectTold(error, { code, secrets: [password] }),
  );

for (const name of ['mysql', 'mariadb'] as const) {
  const missing = await whereMissing(name);

  describe.skipIf(missing)(`on ${name}${missing}`, () => {
    let ground: MysqlGround;

    beforeAll(async () => {
      ground = await startMysqlGround(name);
      await ground.run('CREATE DATABASE shop');
      await ground.run('CREATE DATABASE private');
      for (const user of ['app', 'locked', 'expired', 'crowded', 'odd']) {
        await ground.run(`CREATE USER ?@'%' IDENTIFIED BY ?`, [user, password]);
      }
      await ground.run(`GRANT SELECT ON shop.* TO app@'%'`);
      await ground.run(`ALTER USER locked@'%' ACCOUNT LOCK`);
      await ground.run(`ALTER USER expired@'%' PASSWORD EXPIRE`);
      await ground.run(`ALTER USER crowded@'%' WITH MAX_CONNECTIONS_PER_HOUR 1`);
      await ground.run('SET GLOBAL disconnect_on_expired_password = ON').catch(() => undefined);
    });
    afterAll(() => ground.close());

    const here = (given: Partial<LogInRequest> = {}) => ({ port: ground.server.port, ...given });
    const aborted = async () => (await ground.run("SHOW GLOBAL STATUS LIKE 'Aborted_clients'"))[0];
    const sessions = () =>
      ground.run("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'app'");
    const logIn = (given?: Partial<LogInRequest>) => mysqlServer.logIn(request(here(given)));

    test.each<[string, Partial<LogInRequest>, 'accepted' | 'rejected']>([
      ['the right password', {}, 'accepted'],
      ['the right one, for a database of its own', { database: 'shop' }, 'accepted'],
      ['the right one, for a database that is not there', { database: 'none' }, 'accepted'],
      ['the right one, for one it may not enter', { database: 'private' }, 'accepted'],
      ['a wrong one', { password: 'wrong' }, 'rejected'],
      ['none', { password: '' }, 'rejected'],
      ['a wrong one, of a locked account', { user: 'locked', password: 'wrong' }, 'rejected'],
      ['a wrong one, of an expired account', { user: 'expired', password: 'wrong' }, 'rejected'],
      ['any, for a user who is not there', { user: 'nobody' }, 'rejected'],
    ])('judges %s', async (_, given, verdict) => {
      expect(await logIn(given)).toBe(verdict);
    });

    test.each([
      ['locked', 'ACCOUNT UNLOCK'],
      ['expired', 'set the same password again'],
    ])('gives no verdict on the right password of an account that is %s', async (user, mend) => {
      const { message } = await failureOf(here({ user }), 'CANNOT_TELL');

      expect(message).toContain(mend);
    });

    test('gives no verdict when an account has too many connections', async () => {
      const crowded = here({ user: 'crowded' });
      await logIn(crowded);

      const { message } = await failureOf(crowded, 'DATABASE_BUSY');

      expect(message).toContain('error 1226');
      expect(message).toContain('MAX_USER_CONNECTIONS');
    });

    test('a session gives no verdict on a statement beyond the limits of its account', async () => {
      await ground.run(`CREATE USER asking@'%' IDENTIFIED BY ?`, [password]);
      await ground.run(`ALTER USER asking@'%' WITH MAX_QUERIES_PER_HOUR 2`);
      const session = await openSession(ground, 'asking', password);
      await session.query('DO 1');

      await expect(session.query('DO 1')).rejects.toMatchObject({ code: 'DATABASE_BUSY' });

      await session.close();
    });

    // MariaDB says the same as to a wrong password.
    test.runIf(name === 'mysql')(
      'says to turn TLS on where the server lets nobody in without',
      async () => {
        await ground.run('SET GLOBAL require_secure_transport = ON');
        onTestFinished(async () => {
          await ground.run('SET GLOBAL require_secure_transport = OFF');
        });

        const { message } = await failureOf(here(), 'TLS_FAILED');

        expect(message).toContain("tls: 'verify'");
      },
    );

    test.each([
      'with space',
      `quote'"\``,
      'back\\slash\\',
      'ünïcödé 日本 😀',
      '%41@:/?#',
      ' ',
      '\n\t',
    ])('takes the password %j as it is', async (odd) => {
      await ground.run(`ALTER USER odd@'%' IDENTIFIED BY ?`, [odd]);

      expect(await logIn({ user: 'odd', password: odd })).toBe('accepted');
      expect(await logIn({ user: 'odd', password: `${odd}x` })).toBe('rejected');
    });

    test('a session takes every text as it is, whatever the server is set to', async () => {
      await ground.run("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
      await ground.run("SET GLOBAL init_connect = 'SET NAMES latin1'");
      onTestFinished(async () => {
        await ground.run("SET GLOBAL sql_mode = DEFAULT, GLOBAL init_connect = ''");
      });
      const texts = [`\\'; --`, `"\`'`, '\\', '日本 😀', 'a\u0000b'];

      const session = await openSession(ground, 'app', password);
      const [row] = await session.query(`SELECT ${texts.map(() => '?').join(', ')}`, texts);
      await session.close();

      expect(Object.values(row ?? {})).toEqual(texts);
    });

    test('a session runs one statement at a time only', async () => {
      const session = await openSession(ground, 'app', password);

      await expect(session.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '1064' });

      await session.close();
    });

    test('a session gives no verdict on a statement during which it was ended', async () => {
      const session = await openSession(ground, 'app', password);
      const [row] = await session.query('SELECT CONNECTION_ID() AS id');

      const slept = session.query('SELECT SLEEP(20)').catch((error: unknown) => error);
      await ground.run(`KILL ${Number(row?.['id'])}`);

      expect(await slept).toMatchObject({ code: 'UNREACHABLE' });
      await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'UNREACHABLE' });

      await session.close();
    });

    test('a session that is not answered is given up when time is up', async () => {
      const time = new AbortController();
      await ground.run(`ALTER USER odd@'%' IDENTIFIED BY ?`, [password]);
      const session = await openSession(ground, 'odd', password, time.signal);
      const started = performance.now();
      setTimeout(() => time.abort(), 50);

      await expect(session.query('SELECT SLEEP(20)')).rejects.toMatchObject({
        code: 'UNREACHABLE',
      });

      expect(performance.now() - started).toBeLessThan(700);
      await session.close();
    });

    test('leaves no session behind, and no connection that the server counts as broken', async () => {
      await expect.poll(sessions).toEqual([]);
      const before = await aborted();

      await logIn();
      await logIn({ password: 'wrong' });
      const session = await openSession(ground, 'app', password);
      await session.close();
      await session.close();

      await expect.poll(sessions).toEqual([]);
      expect(await aborted()).toEqual(before);
    });
  });
}

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

describe('nothing is sent', () => {
  test.each(['user', 'password', 'database'])('where the %s holds a NUL', async (field) => {
    let calls = 0;
    const place = await serving(() => void (calls += 1));

    await failureOf({ ...place, [field]: 'a\0b' }, 'KEY_UNUSABLE');

    expect(calls).toBe(0);
  });

  test('when time is up', async () => {
    let calls = 0;
    const place = await serving(() => void (calls += 1));

    await failureOf({ ...place, signal: AbortSignal.abort() });

    expect(calls).toBe(0);
  });
});

test('a server that says nothing is not waited for when time is up', async () => {
  const place = await serving(() => undefined);
  const started = performance.now();

  await failureOf({ ...place, signal: AbortSignal.timeout(100) });

  expect(performance.now() - started).toBeLessThan(700);
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
