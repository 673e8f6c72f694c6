import { DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import {
  type LogInRequest,
  type Session,
  StatementRefused,
} from '../../../src/rotators/database/server.ts';
import { statementFailure } from '../../../src/rotators/postgres/answers.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';
import { expectTold } from '../../support/expect-told.ts';

const password = 'a-password-of-the-application';

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.createRole({ name: 'app', password });
  await postgres.createRole({ name: 'crowded', password });
  await postgres.query('ALTER ROLE crowded CONNECTION LIMIT 0');
});
afterAll(() => postgres.stop());

const requestOf = (request: Partial<LogInRequest> = {}): LogInRequest => ({
  host: postgres.host,
  port: postgres.port,
  user: 'app',
  password,
  database: 'postgres',
  tls: 'off',
  signal: new AbortController().signal,
  ...request,
});

async function open(request: Partial<LogInRequest> = {}): Promise<Session> {
  const session = await postgresServer.open(requestOf(request));
  if (session === 'rejected') throw new Error('The password is right.');
  onTestFinished(() => session.close());
  return session;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable('it must fail'),
    (error: unknown) => error,
  );

const pidOf = async (session: Session) =>
  (await session.query('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];

describe('a session', () => {
  test('answers rows, and takes values beside the statement', async () => {
    const session = await open();

    const rows = await session.query('SELECT $1::text AS given', [`it's "that"`]);

    expect(rows).toEqual([{ given: `it's "that"` }]);
  });

  test('says who it is, for those who look at the server', async () => {
    const session = await open();

    expect(await session.query('SHOW application_name')).toEqual([{ application_name: 'keyturn' }]);
  });

  test('is not opened by a wrong password', async () => {
    expect(await postgresServer.open(requestOf({ password: 'wrong' }))).toBe('rejected');
  });

  test('names a database that is not there', async () => {
    const error = await failureOf(open({ database: 'none' }));

    expect(expectTold(error, { code: 'SETUP_UNSUITABLE' }).message).toContain('database none');
  });

  test('is tried again where the role has too many already', async () => {
    const error = await failureOf(open({ user: 'crowded' }));

    expect(expectTold(error, { code: 'UNREACHABLE' }).message).toContain('53300');
  });

  test('goes on after a statement was refused', async () => {
    const session = await open();

    const error = await failureOf(session.query(`SELECT 'a secret'::int`));

    expect(error).toBeInstanceOf(StatementRefused);
    expect(error).toMatchObject({ code: '22P02' });
    expect(String(error)).not.toContain('a secret');
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('that the server ends gives no verdict on its statement', async () => {
    const session = await open();
    const pid = await pidOf(session);

    const sleeping = failureOf(session.query('SELECT pg_sleep(30)'));
    await postgres.query('SELECT pg_terminate_backend($1)', [pid]);

    const later = failureOf(session.query('SELECT 1'));

    for (const error of [await sleeping, await later]) {
      expect(expectTold(error).code).toBe('UNREACHABLE');
    }
  });

  test('does not wait for a statement longer than five seconds', async () => {
    const session = await open();
    const started = performance.now();

    expectTold(await failureOf(session.query('SELECT pg_sleep(30)')), { code: 'UNREACHABLE' });

    expect(performance.now() - started).toBeLessThan(8_000);
  });

  test('stops at once when time is up', async () => {
    const session = await open({ signal: AbortSignal.timeout(300) });
    const started = performance.now();

    expectTold(await failureOf(session.query('SELECT pg_sleep(30)')), { code: 'UNREACHABLE' });

    expect(performance.now() - started).toBeLessThan(1_500);
  });

  test('takes its transaction back when it is closed, and may be closed twice', async () => {
    const session = await open();
    await session.query('BEGIN');
    await session.query(`SELECT pg_advisory_xact_lock(1)`);

    await session.close();
    await session.close();

    expect(await postgres.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
  });
});

const errorWith = (fields: object) =>
  Object.assign(new DatabaseError('words that may quote the statement', 1, 'error'), fields);

describe('the error of a statement', () => {
  test('is a refusal in whatever language the server speaks', () => {
    const error = statementFailure(errorWith({ severity: 'FEHLER', code: '42501' }), requestOf());

    expect(error).toBeInstanceOf(StatementRefused);
  });

  test.each(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '08006'])(
    'is no verdict where it ends the session: %s',
    (code) => {
      const error = statementFailure(errorWith({ severity: 'FATAL', code }), requestOf());

      expect(expectTold(error).code).toBe('UNREACHABLE');
    },
  );

  test('is no verdict where the connection broke', () => {
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

    const error = statementFailure(broken, requestOf());

    expect(expectTold(error).code).toBe('UNREACHABLE');
  });
});
