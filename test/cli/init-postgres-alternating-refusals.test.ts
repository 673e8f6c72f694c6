import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { adminPassword, fresh, type Names, useAlternatingRig } from './init-alternating-rig.ts';

const { command, postgres, refusal, secrets, setUp, store } = useAlternatingRig();

describe('refuses, with nothing changed,', () => {
  test.each([
    ['both roles', ({ a, b }: Names) => `CREATE ROLE ${a} LOGIN; CREATE ROLE ${b}`],
    ['one role', ({ b }: Names) => `CREATE ROLE ${b}`],
    [
      'a role that waits for another secret',
      ({ a }: Names) =>
        `CREATE ROLE ${a}; COMMENT ON ROLE ${a} IS 'keyturn: the password is not in the secret other yet'`,
    ],
  ])('where somebody else made %s', async (_, made) => {
    const names = fresh();
    await postgres().query(made(names));

    const { exitCode, code } = await refusal(names);

    expect([exitCode, code]).toEqual([1, 'ROLE_EXISTS']);
  });

  test('one role that is in the way, and what the refusal advises leads on', async () => {
    const names = fresh();
    await postgres().query(`CREATE ROLE ${names.b}`);

    const { stderr } = await refusal(names);
    await postgres().query(/run (DROP ROLE .*;) and then/.exec(stderr)?.[1] ?? 'no advice');

    expect((await setUp(names)).exitCode).toBe(0);
  });

  test('an administrator who may not make roles', async () => {
    const names = fresh();
    await postgres().createRole({ name: `${names.a}dmin`, password: adminPassword });
    await store(`${names.secret}/admin`, { username: `${names.a}dmin`, password: adminPassword });

    const { code } = await refusal(names, '--admin-secret', `${names.secret}/admin`);

    expect(code).toBe('PRIVILEGE_MISSING');
  });

  test('an administrator whom the database refuses', async () => {
    const names = fresh();
    await store(`${names.secret}/admin`, { username: 'shop_admin', password: 'of-before' });

    expect((await refusal(names, '--admin-secret', `${names.secret}/admin`)).code).toBe(
      'ADMIN_REJECTED',
    );
  });

  test.each([
    ['that is not there', undefined, 'ADMIN_SECRET_UNUSABLE'],
    ['without a password', { username: 'shop_admin' }, 'ADMIN_SECRET_UNUSABLE'],
  ])('a secret of the administrator %s', async (_, value, expected) => {
    const names = fresh();
    if (value) await store(`${names.secret}/admin`, value);

    expect((await refusal(names, '--admin-secret', `${names.secret}/admin`)).code).toBe(expected);
  });

  test('a database that nothing leads to', async () => {
    expect((await refusal(fresh(), '--port', '1')).code).toBe('UNREACHABLE');
  });

  test('a database that does not speak TLS, unless that is said', async () => {
    expect((await refusal(fresh(), '--tls', 'verify')).code).toBe('TLS_FAILED');
  });

  test('a secret that is being rotated', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });
    await secrets().client.send(
      new PutSecretValueCommand({
        SecretId: names.secret,
        SecretString: '{}',
        VersionStages: ['AWSPENDING'],
      }),
    );

    expect((await refusal(names)).code).toBe('ROTATION_IN_PROGRESS');
  });

  test('a secret that is rotated on a schedule, and says in which order to go on', async () => {
    const names = fresh();
    await store(names.secret, { DB_PASSWORD: 'of-before' });
    secrets().interference.before = (operation) =>
      operation === 'DescribeSecret'
        ? Response.json({ Name: names.secret, RotationEnabled: true })
        : undefined;

    const { code, stderr } = await refusal(names);

    expect(code).toBe('ROTATION_ENABLED');
    expect(stderr).toMatch(/cancel-rotate-secret.*deploy with the parameters.*then rotate/s);
  });

  test.each(['SUPERUSER', 'CREATEROLE'])('an owner with %s', async (attribute) => {
    const names = fresh();
    await postgres().query(
      `CREATE ROLE ${names.owner} ${attribute}; GRANT ${names.owner} TO shop_admin WITH ADMIN OPTION`,
    );

    expect((await refusal(names)).code).toBe('SETUP_UNSUITABLE');
  });

  test('an owner who is the administrator of that secret', async () => {
    const names = fresh();

    expect((await refusal(names, '--owner', 'shop_admin')).code).toBe('SETUP_UNSUITABLE');
  });

  test("the administrator's own secret", async () => {
    const names = { ...fresh(), secret: 'shop/admin' };
    const before = secrets().valueOf('shop/admin');

    const byArn = await refusal(
      names,
      '--admin-secret',
      (await secrets().arnOf('shop/admin')) ?? '',
    );

    expect(byArn.code).toBe('SETUP_UNSUITABLE');
    expect(secrets().valueOf('shop/admin')).toBe(before);
  });

  test.each([
    ['a password that does not work', { DB_PASSWORD: 'of-before' }],
    ['no password', {}],
  ])('a secret that names one of the roles with %s', async (_, value) => {
    const names = fresh();
    await store(names.secret, { DB_USER: names.a, ...value });

    expect((await refusal(names)).code).toBe('CURRENT_REJECTED');
  });

  test('roles that somebody changed since, and prints what mends them', async () => {
    const names = fresh();
    await setUp(names);
    await postgres().query(`ALTER ROLE ${names.b} CREATEDB`);

    const { code, stderr } = await refusal(names);

    expect(code).toBe('SETUP_UNSUITABLE');
    expect(stderr).toContain(`ALTER ROLE "${names.b}" NOCREATEDB;`);
  });
});

describe('wrong usage exits with 2', () => {
  const place = ['--secret', 'shop/x', '--host', 'localhost', '--yes'];

  test.each([
    ['without a secret', ['--host', 'localhost'], '--secret'],
    ['without a host', ['--secret', 'shop/x'], '--host'],
    ['for one role', [...place, '--users', 'a'], '--users takes two names'],
    ['for the same role twice', [...place, '--users', 'a,a'], '--users must name other roles'],
    [
      'for an owner among the roles',
      [...place, '--users', 'a,app_owner'],
      '--users must name other roles',
    ],
    [
      'for a name that PostgreSQL would cut off',
      [...place, '--owner', 'o'.repeat(64)],
      '--owner must be a name',
    ],
    [
      'for one secret of both',
      [...place, '--admin-secret', 'shop/x'],
      '--admin-secret must be another one',
    ],
    ['for a port that is none', [...place, '--port', '65536'], '--port must be a port'],
    ['for an ARN', ['--secret', 'arn:aws:x', '--host', 'h'], '--secret must be the name'],
    [
      'for two administrators',
      [...place, '--admin', 'root', '--admin-secret', 's'],
      "'--admin-secret <name>'",
    ],
    [
      'where nobody can be asked for a password',
      place,
      'no terminal to ask for the password of postgres',
    ],
    ['where nobody can be asked at all', place.slice(0, -1), 'no terminal to ask on'],
  ])('%s', async (_, args, said) => {
    const { exitCode, stdout, stderr } = await command(...args);

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });
});
