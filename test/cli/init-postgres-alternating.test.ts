import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { postgresAlternating } from '../../src/rotators/postgres-alternating/postgres-alternating.ts';
import { postgresServer } from '../../src/rotators/postgres/postgres-server.ts';
import { leaksIn } from '../stack/leaks.ts';
import { bind } from '../support/bind.ts';
import { anyCall } from '../support/calling.ts';
import { adminPassword, fresh, useAlternatingRig } from './init-alternating-rig.ts';
import { runKeyturn } from './run-keyturn.ts';

const { actsAs, passwords, postgres, rolesOf, secrets, serverLog, setUp, store, storedIn } =
  useAlternatingRig();

describe('sets up two roles', () => {
  test('and publishes the first, in a secret that keeps its other keys as they are', async () => {
    const names = fresh();
    const before = '{\n  "N" : 1.50e+2,\n  "DB_PASSWORD" : "of-before"\n}\n';
    await secrets().client.send(
      new CreateSecretCommand({ Name: names.secret, SecretString: before }),
    );

    const { exitCode, stdout } = await setUp(names);

    const { DB_PASSWORD: password } = storedIn(names.secret);
    expect(exitCode).toBe(0);
    expect(secrets().valueOf(names.secret)).toBe(
      `{\n  "N" : 1.50e+2,\n  "DB_PASSWORD" : "${password}",\n  "DB_USER" : "${names.a}"\n}\n`,
    );
    expect(await actsAs(names.secret)).toBe(names.owner);
    expect(stdout).toMatch(
      new RegExp(`DbUsers=${names.a},${names.b}\n *DbHost=.*\n *DbPort=\\d+\n`),
    );
    expect(stdout).toMatch(/DbAdminSecretArn=<the ARN of /);
    expect(await rolesOf(names)).toEqual([
      expect.objectContaining({ rolname: names.a, rolcanlogin: true, note: null }),
      { rolname: names.b, rolcanlogin: false, rolpassword: null, note: null },
      { rolname: names.owner, rolcanlogin: false, rolpassword: null, note: null },
    ]);
  });

  test('and makes the secret where there is none', async () => {
    const names = fresh();

    const { stdout } = await setUp(
      names,
      '--json',
      '--user-key',
      'PGUSER',
      '--password-key',
      'PGPASSWORD',
    );

    expect(JSON.parse(stdout)).toEqual({
      secret: names.secret,
      arn: await secrets().arnOf(names.secret),
      versionId: expect.any(String),
      owner: names.owner,
      users: [names.a, names.b],
      user: names.a,
      outcome: 'made',
    });
    expect(JSON.parse(secrets().valueOf(names.secret) ?? '')).toEqual({
      PGUSER: names.a,
      PGPASSWORD: expect.stringMatching(/^[A-Za-z][\w-]{39}$/),
    });
  });

  test('with a version that carries AWSCURRENT and nothing else', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });

    const { stdout } = await setUp(names, '--json');

    const { versionId } = v.parse(v.object({ versionId: v.string() }), JSON.parse(stdout));
    const { VersionIdsToStages: stages = {} } = await secrets().client.send(
      new DescribeSecretCommand({ SecretId: names.secret }),
    );
    expect(stages[versionId]).toEqual(['AWSCURRENT']);
    expect(Object.values(stages)).toHaveLength(2);
  });

  test('that the same administrator can rotate', async () => {
    const names = fresh();
    await setUp(names);
    const { host, port } = postgres();
    const admin = JSON.stringify({ username: 'shop_admin', password: adminPassword });
    const rotator = bind(postgresAlternating, {
      key: 'DB_PASSWORD',
      options: { host, port, tls: 'off', adminSecret: 'shop/admin', users: [names.a, names.b] },
      systems: { postgres: postgresServer, readSecret: async () => SecretDocument.parse(admin) },
    });

    await expect(
      rotator.check({ ...anyCall(), current: storedIn(names.secret) }),
    ).resolves.toBeUndefined();
  });

  test('of an owner that is there already, with all it owns', async () => {
    const names = fresh();
    await postgres().query(
      `CREATE ROLE ${names.owner} LOGIN; GRANT ${names.owner} TO shop_admin WITH ADMIN OPTION`,
    );

    const { exitCode } = await setUp(names);

    expect(exitCode).toBe(0);
    expect(await actsAs(names.secret)).toBe(names.owner);
  });

  test('named with a space after the comma', async () => {
    const names = fresh();

    const { exitCode } = await setUp(names, '--users', `${names.a}, ${names.b}`);

    expect(exitCode).toBe(0);
    expect((await rolesOf(names)).map(({ rolname }) => rolname)).toEqual([
      names.a,
      names.b,
      names.owner,
    ]);
  });

  test('after it said whom the secret names by now, and what the owner needs', async () => {
    const names = fresh();
    await store(names.secret, { DB_USER: 'shop', DB_PASSWORD: 'of-before' });

    const { stdout, stderr } = await setUp(names);

    expect(stderr).toContain('DB_USER  is replaced (now shop)');
    expect(stderr).toContain('DB_PASSWORD  is replaced');
    expect(stderr).toContain(`Grant ${names.owner} what it needs first`);
    expect(stdout).toContain(`TO "${names.owner}";`);
  });

  test('only once: a second run changes nothing', async () => {
    const names = fresh();
    await setUp(names);
    const before = [await rolesOf(names), secrets().valueOf(names.secret)];

    const { exitCode, stdout, stderr } = await setUp(names);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing was changed');
    expect(stdout).toContain(`DB_USER  ${names.a}, who logs in`);
    expect(stderr).toContain(`DB_USER  stays ${names.a}, and so does its password`);
    expect(stderr).not.toContain('is replaced');
    expect([await rolesOf(names), secrets().valueOf(names.secret)]).toEqual(before);
  });
});

describe('a dry run', () => {
  test('prints statements that set the roles up, and asks nobody', async () => {
    const names = fresh();

    const { exitCode, stdout } = await setUp(names, '--dry-run', '--port', '1');
    await postgres().query(stdout);

    expect(exitCode).toBe(0);
    expect(secrets().calls).toEqual([]);
    expect((await rolesOf(names)).map(({ rolname }) => rolname)).toEqual([
      names.a,
      names.b,
      names.owner,
    ]);
  });

  test('prints such as run where the owner is there already, whatever it is called', async () => {
    const { owner, ...others } = fresh();
    const names = { ...others, owner: `o'w\\n"${owner}` };
    await postgres().query(`CREATE ROLE "${names.owner.replace('"', '""')}" LOGIN`);

    const { stdout } = await setUp(names, '--dry-run');
    await postgres().query(stdout);

    expect((await rolesOf(names)).map(({ rolcanlogin }) => rolcanlogin)).toEqual(
      expect.arrayContaining([true, false, true]),
    );
  });
});

test('a secret of another name is made by init as before, whatever stands before its name', async () => {
  const args = ['--yes', 'postgres-alternating/production', '--json', '--generate', 'DB_PASSWORD'];
  const without = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].flatMap((key) => ['--without', key]);

  const { stdout } = await runKeyturn(secrets(), 'init', ...args, ...without);

  expect(JSON.parse(stdout)).toMatchObject({ secret: 'postgres-alternating/production' });
});

test('no password is in the log of the server, though it writes every statement down', async () => {
  await setUp(fresh());

  const log = await serverLog();

  expect(passwords().length).toBeGreaterThan(1);
  expect(log).toContain('CREATE ROLE');
  expect(leaksIn(log, passwords())).toEqual([]);
});
