import { escapeIdentifier, escapeLiteral } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresPassword } from '../../../src/rotators/postgres-password/postgres-password.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { type Ground, startGround } from '../../support/rds-system.ts';
import { start, type Started } from './support.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.close());

/** A whole way there and back. */
async function thereAndBack({ check, install, change, probe, current, next }: Started) {
  const steps = [await check(), await install(), await change()];
  const there = [await probe(next), await probe(current)];
  steps.push(await install(current, next), await change(current, next));
  const back = [await probe(next), await probe(current)];
  return { errors: steps.flatMap(({ error }) => error ?? []), there, back };
}

const done = { errors: [], there: ['accepted', 'rejected'], back: ['rejected', 'accepted'] };

describe('a role', () => {
  test.each([
    'With Capitals',
    'with space',
    `quote'd`,
    '"quoted"',
    'back\\slash',
    'ünïcödé 🔑',
    'user; DROP ROLE rdsadmin; --',
    '$1',
    'select',
  ])('of the name %j is rotated, and nothing but it', async (role) => {
    const started = await start(ground, { role });
    const others = await started.query('SELECT * FROM pg_authid WHERE rolname <> $1', [role]);

    expect(await thereAndBack(started)).toEqual(done);

    expect(await started.query('SELECT * FROM pg_authid WHERE rolname <> $1', [role])).toEqual(
      others,
    );
  });

  test.each([
    `it's`,
    `"double"`,
    'back\\slash\\',
    `'; DROP ROLE rdsadmin; --`,
    '$$',
    'line\nbreak',
    ' ',
    'ünïcödé 密码 🔑',
    'SCRAM-SHA-256$not really',
    'md5d41d8cd98f00b204e9800998ecf8427e?',
  ])('whose first password is %j gets it back by an undo', async (password) => {
    expect(await thereAndBack(await start(ground, { password }))).toEqual(done);
  });

  test('is changed by an administrator all the same', async () => {
    const started = await start(ground, { byAdmin: true, role: `admin's "role"` });

    expect(await thereAndBack(started)).toEqual(done);
  });

  test('gets a verifier of as many rounds as is configured', async () => {
    const started = await start(ground, { options: { iterations: 5_000 } });

    await started.change();

    expect(
      await started.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [started.role]),
    ).toEqual([{ rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$5000:/) }]);
  });

  test('is switched where the secret says that it is now, not where it was', async () => {
    const { port } = ground;
    const options = { port: undefined, portKey: 'DB_PORT' };
    const started = await start(ground, { options });
    const to = { ...started.next, DB_PORT: port };
    const from = { ...started.current, DB_PORT: 1 };

    expect(await started.change(to, from)).toEqual({ result: undefined });
    expect(await started.probe(to)).toBe('accepted');
  });

  test("is not opened by another role's password", async () => {
    const started = await start(ground, { password: 'one and the same' });
    const another = await start(ground);

    const { error } = await started.change(started.next, {
      ...another.current,
      DB_PASSWORD: 'one and the same',
    });

    expect(error?.code).toBe('CURRENT_REJECTED');
  });
});

const alterTo = ({ role }: Started, password: string) =>
  `ALTER ROLE ${escapeIdentifier(role)} PASSWORD ${escapeLiteral(password)}`;

describe('a change of the role by somebody else', () => {
  test('that is under way is waited for, and undone, although the old one still works', async () => {
    const started = await start(ground);
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('keyturn ${started.role}', 0))`;
    await started.query('BEGIN');
    await started.query(lock);
    await started.query(alterTo(started, 'the-password-that-comes-next'));

    const undone = started.change(started.current, started.next);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await started.query('COMMIT');

    expect(await undone).toEqual({ result: undefined });
    expect(await started.probe(started.current)).toBe('accepted');
    expect(await started.probe(started.next)).toBe('rejected');
  });

  test.each(['COMMIT', 'ROLLBACK'])('that knows no lock of ours ends well (%s)', async (end) => {
    const started = await start(ground, { byAdmin: true });
    await started.query('BEGIN');
    await started.query(alterTo(started, 'of somebody else'));

    const changing = started.change();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await started.query(end);
    const { error } = await changing;
    const again = await started.change();

    expect([undefined, 'DATABASE_BUSY']).toContain(error?.code);
    expect(again.error).toBeUndefined();
    expect(await started.probe(started.next)).toBe('accepted');
  });

  test('that keeps the lock is not waited for longer than some seconds', async () => {
    const started = await start(ground);
    await started.query('BEGIN');
    await started.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `keyturn ${started.role}`,
    ]);

    const { error } = await started.change();
    await started.query('ROLLBACK');

    expect(expectTold(error, { code: 'DATABASE_BUSY' }).message).toContain(started.role);
    expect(await started.probe(started.current)).toBe('accepted');
  });
});

test('of many that switch at once to different passwords, one wins and none breaks the role', async () => {
  const started = await start(ground, { byAdmin: true });
  const wanted = Array.from({ length: 6 }, (_, index) => ({
    ...started.current,
    DB_PASSWORD: `password-number-${index}`,
  }));

  const outcomes = await Promise.all(wanted.map((to) => started.change(to)));

  const verdicts = await Promise.all(wanted.map((to) => started.probe(to)));
  expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(1);
  for (const { error } of outcomes) expect(error?.retryable ?? true).toBe(true);
});

test('a second switch to the same password changes nothing', async () => {
  const started = await start(ground);
  await started.change();
  const before = await started.state();

  expect(await started.change()).toEqual({ result: undefined });
  expect(await started.state()).toEqual(before);
});

test('no session is left behind', async () => {
  const started = await start(ground, { byAdmin: true });

  await thereAndBack(started);

  const names = [started.role, started.admin.username];
  await expect
    .poll(() => started.query('SELECT 1 FROM pg_stat_activity WHERE usename = ANY ($1)', [names]))
    .toEqual([]);
});

const read = (options: object) => postgresPassword.read('DB_PASSWORD', options);

describe('in a configuration', () => {
  test.each([
    ['no role', { host: 'db' }],
    ['two ways to the role', { host: 'db', user: 'app', userKey: 'DB_USER' }],
    ['no place', { user: 'app' }],
    ['two places', { user: 'app', host: 'db', instance: 'reminders' }],
  ])('%s is refused', (_, options) => {
    expect(read(options)).toMatch(/must name the (role|database) in one way/);
  });

  test('what the role and the place are read from may be told, and the password may not', async () => {
    const options = { port: undefined, portKey: 'DB_PORT' };
    const started = await start(ground, { options });

    const { result } = await attempt(started, async ({ changes, reads, optional, shown }) => ({
      changes,
      reads,
      optional,
      shown,
    }));

    expect(result).toEqual({
      changes: ['DB_PASSWORD'],
      reads: ['DB_USER', 'DB_PORT'],
      optional: ['DB_PORT'],
      shown: ['DB_USER', 'DB_PORT'],
    });
  });
});
