import { escapeIdentifier } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import { StatementRefused } from '../../../src/rotators/database/server.ts';
import { explained } from '../../../src/rotators/postgres/refusals.ts';
import { expectTold } from '../../support/expect-told.ts';
import { type Ground, startGround } from '../../support/rds-system.ts';
import { start, type Started } from './support.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.close());

const alter = ({ role, query }: Started, what: string) =>
  query(`ALTER ROLE ${escapeIdentifier(role)} ${what}`);

describe('check refuses, and says what to do about', () => {
  test('a role that is not there, where an administrator can tell', async () => {
    const { check, current } = await start(ground, { byAdmin: true });

    const { error } = await check({ ...current, DB_USER: 'App' });

    expect(expectTold(error, { code: 'SETUP_UNSUITABLE' }).message).toContain('role App');
  });

  test('an administrator without ADMIN OPTION on the role (PostgreSQL 16)', async () => {
    const { check, admin, role, query } = await start(ground, { byAdmin: true });
    await query(`REVOKE ${role} FROM ${admin.username}`);

    const { error } = await check();

    const { message } = expectTold(error, { code: 'PRIVILEGE_MISSING' });
    expect(message).toContain(`GRANT "${role}" TO "${admin.username}" WITH ADMIN OPTION`);
    expect(message).toContain('rds_password');
  });

  test('an administrator without CREATEROLE', async () => {
    const { check, admin, query } = await start(ground, { byAdmin: true });
    await query(`ALTER ROLE ${admin.username} NOCREATEROLE`);

    const { error } = await check();

    expect(expectTold(error, { code: 'PRIVILEGE_MISSING' }).message).toContain('CREATEROLE');
  });

  test('a superuser, whom a lesser administrator may not change', async () => {
    const started = await start(ground, { byAdmin: true });
    await alter(started, 'SUPERUSER');

    const { error } = await started.check();

    const { message } = expectTold(error, { code: 'PRIVILEGE_MISSING' });
    expect(message).toContain('is a superuser');
    expect(message).not.toContain('CREATEROLE');
  });

  test('an administrator whom the server refuses: he may be rotating', async () => {
    const { check, admin } = await start(ground, { byAdmin: true });
    admin.password = 'none-that-he-ever-had';

    const { error } = await check();

    expect(expectTold(error, { code: 'ADMIN_REJECTED' }).retryable).toBe(true);
  });

  test('an administrator who is the role itself', async () => {
    const { check, admin, role } = await start(ground, { byAdmin: true });
    admin.username = role;

    const { error } = await check();

    expect(expectTold(error, { code: 'ADMIN_SECRET_UNUSABLE' }).message).toContain('adminSecret');
  });

  test.each([false, true])(
    'a password that is refused (by an administrator: %s)',
    async (byAdmin) => {
      const { check, wrong, role } = await start(ground, { byAdmin });

      const { error } = await check(wrong);

      expect(expectTold(error, { code: 'CURRENT_REJECTED' }).message).toContain(role);
    },
  );

  test('a password that an undo could not put back', async () => {
    const started = await start(ground);
    const current = { ...started.current, DB_PASSWORD: 'nai\u0308ve' };
    await alter(started, `PASSWORD '${current.DB_PASSWORD}'`);

    const { error } = await started.check(current);

    expect(await started.probe(current)).toBe('accepted');
    expect(expectTold(error, { code: 'KEY_UNUSABLE' })).toMatchObject({ key: 'DB_PASSWORD' });
  });
});

describe('check takes a role that', () => {
  test('is set to act as another one', async () => {
    const started = await start(ground);
    await started.query(`CREATE ROLE "owner of ${started.role}" NOLOGIN`);
    await started.query(`GRANT "owner of ${started.role}" TO ${started.role}`);
    await alter(started, `SET role = 'owner of ${started.role}'`);

    expect(await started.check()).toEqual({ result: undefined });
    expect(await started.change()).toEqual({ result: undefined });
    expect(await started.probe(started.next)).toBe('accepted');
  });

  test('is set to read only', async () => {
    const started = await start(ground);
    await alter(started, 'SET default_transaction_read_only = on');

    expect(await started.check()).toEqual({ result: undefined });
    expect(await started.change()).toEqual({ result: undefined });
    expect(await started.probe(started.next)).toBe('accepted');
  });

  test.each(["'infinity'", "'2999-12-31'"])('ends at %s', async (until) => {
    const started = await start(ground);
    await alter(started, `VALID UNTIL ${until}`);

    expect(await started.check()).toEqual({ result: undefined });
    expect(started.warnings).toEqual([]);
  });

  test('ends soon, with a warning', async () => {
    const started = await start(ground);
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    await alter(started, `VALID UNTIL '${soon}'`);

    expect(await started.check()).toEqual({ result: undefined });
    expect(started.warnings).toEqual([expect.stringContaining(`VALID UNTIL ${soon.slice(0, 10)}`)]);
  });
});

describe('a role whose password somebody else changed', () => {
  test('is left alone where nothing that is known opens it', async () => {
    const started = await start(ground);
    const [before] = await started.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
      started.role,
    ]);
    const somebody = { ...started.wrong, DB_PASSWORD: 'none-of-his' };

    const installed = await started.install(started.wrong, somebody);
    const changed = await started.change(started.wrong, somebody);

    expect([installed.error?.code, changed.error?.code]).toEqual([
      'CURRENT_REJECTED',
      'CURRENT_REJECTED',
    ]);
    expect(
      await started.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [started.role]),
    ).toEqual([before]);
  });

  test('is not installed on by an administrator, and switched by him', async () => {
    const started = await start(ground, { byAdmin: true });

    const installed = await started.install(started.next, started.wrong);
    const changed = await started.change(started.next, started.wrong);

    expect(installed.error?.code).toBe('CURRENT_REJECTED');
    expect(changed.error).toBeUndefined();
    expect(await started.probe(started.next)).toBe('accepted');
  });
});

test('a role that expires in the middle is not taken for switched', async () => {
  const started = await start(ground, { byAdmin: true });
  await alter(started, `VALID UNTIL '2020-01-01'`);

  const { error } = await started.change();

  expect(expectTold(error, { code: 'SWITCH_UNFINISHED' }).message).toContain('expired');
});

describe('what the server refuses', () => {
  test.each<[string, ErrorCode, RegExp]>([
    ['25006', 'SETUP_UNSUITABLE', /writer/],
    ['42501', 'PRIVILEGE_MISSING', /rds_password/],
    ['42704', 'SETUP_UNSUITABLE', /no role app/],
    ['40001', 'DATABASE_BUSY', /40001/],
    ['53100', 'DATABASE_BUSY', /resources/],
    ['57014', 'DATABASE_BUSY', /time/],
    ['22023', 'STATEMENT_REFUSED', /22023.*credcheck/],
  ])('%s is told as %s', (sqlState, code, words) => {
    const error = explained(new StatementRefused(sqlState), { role: 'app', admin: undefined });

    expect(expectTold(error, { code }).message).toMatch(words);
  });

  test('leaves every other error as it is', () => {
    const error = new Error('of somebody else');

    expect(explained(error, { role: 'app', admin: undefined })).toBe(error);
  });
});
