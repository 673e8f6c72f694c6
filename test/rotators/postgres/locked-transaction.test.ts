import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import { type Session, withSession } from '../../../src/rotators/database/server.ts';
import { lockedTransaction } from '../../../src/rotators/postgres/locked-transaction.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';

const password = 'a-password-of-the-application';
const role = 'app';

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.createRole({ name: role, password });
  await postgres.query('CREATE TABLE notes (text text)');
  await postgres.query('GRANT ALL ON notes TO app');
});
afterAll(() => postgres.stop());

async function inSession<R>(work: (session: Session) => Promise<R>): Promise<R> {
  const session = await postgresServer.open({
    host: postgres.host,
    port: postgres.port,
    user: role,
    password,
    database: 'postgres',
    tls: 'off',
    signal: new AbortController().signal,
  });
  if (session === 'rejected') throw new Error('The password is right.');
  return withSession(session, work);
}

/** Whether nobody has the lock on the role at this moment. */
const isFree = async () => {
  const text = `SELECT pg_try_advisory_xact_lock(hashtextextended('keyturn app', 0)) AS free`;
  return (await postgres.query(text))[0]?.['free'];
};

/** As whom a change of another role would run. */
const roleInside = () =>
  inSession((session) =>
    lockedTransaction(session, { role: 'another', rehearsal: true }, async () => {
      const [row] = await session.query('SELECT current_user AS acting');
      return row?.['acting'];
    }),
  );

const settings = (session: Session) =>
  session.query(
    `SELECT current_setting('lock_timeout') AS lock,
       current_setting('idle_in_transaction_session_timeout') AS idle`,
  );

test('holds the lock, and limits every wait, until it ends', async () => {
  const [inside, after] = await inSession(async (session) => {
    const during = await lockedTransaction(session, { role }, async () => [
      await isFree(),
      ...(await settings(session)),
    ]);
    return [during, [await isFree(), ...(await settings(session))]];
  });

  // The server itself ends a transaction whose caller died without a word.
  expect(inside).toEqual([false, { lock: '4s', idle: '15s' }]);
  expect(after).toEqual([true, { lock: '0', idle: '0' }]);
});

test.each([
  ['keeps', false, ['written']],
  ['takes back', true, []],
])('%s what was done (as a rehearsal: %s)', async (_, rehearsal, kept) => {
  onTestFinished(async () => void (await postgres.query('DELETE FROM notes')));

  await inSession((session) =>
    lockedTransaction(session, { role, rehearsal }, () =>
      session.query(`INSERT INTO notes VALUES ('written')`),
    ),
  );

  const rows = await postgres.query('SELECT text FROM notes');
  expect(rows.map(({ text }) => text as unknown)).toEqual(kept);
});

test('takes everything back, the lock included, where a statement fails', async () => {
  const failing = inSession((session) =>
    lockedTransaction(session, { role }, async () => {
      await session.query(`INSERT INTO notes VALUES ('written')`);
      await session.query('SELECT 1/0');
    }),
  );

  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await postgres.query('SELECT text FROM notes')).toEqual([]);
  expect(await isFree()).toBe(true);
});

describe('whoever acts as another role from the login on', () => {
  test.each([
    ['is itself where it may change roles', 'CREATEROLE', 'NOCREATEROLE', role],
    ['is itself where both may', 'CREATEROLE', 'CREATEROLE', role],
    ['is itself where neither may', 'NOCREATEROLE', 'NOCREATEROLE', role],
    ['stays the other one where only that one may', 'NOCREATEROLE', 'CREATEROLE', 'acted'],
    ['stays a superuser', 'CREATEROLE', 'SUPERUSER', 'acted'],
  ])('%s', async (_, own, acted, expected) => {
    await postgres.query(`CREATE ROLE acted NOLOGIN ${acted}`);
    await postgres.query('GRANT acted TO app');
    await postgres.query('ALTER ROLE app SET role = acted');
    await postgres.query(`ALTER ROLE app ${own}`);
    onTestFinished(async () => {
      await postgres.query('ALTER ROLE app RESET role');
      await postgres.query('ALTER ROLE app NOCREATEROLE');
      await postgres.query('DROP ROLE acted');
    });

    expect(await roleInside()).toBe(expected);
  });
});

test("is not fooled by functions of the server's names", async () => {
  await postgres.query('CREATE SCHEMA shadows');
  await postgres.query(
    `CREATE FUNCTION shadows.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT'`,
  );
  await postgres.query('GRANT USAGE ON SCHEMA shadows TO app');
  await postgres.query('ALTER ROLE app SET search_path = shadows, pg_catalog');
  onTestFinished(async () => void (await postgres.query('ALTER ROLE app RESET search_path')));

  const free = await inSession((session) => lockedTransaction(session, { role }, isFree));

  expect(free).toBe(false);
});
