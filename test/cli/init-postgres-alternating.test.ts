import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Postgres, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { postgresAlternating } from '../../src/rotators/postgres-alternating/postgres-alternating.ts';
import { postgresServer } from '../../src/rotators/postgres/postgres-server.ts';
import { login } from '../local/postgres/login.ts';
import { leaksIn } from '../stack/leaks.ts';
import { bind } from '../support/bind.ts';
import { anyCall } from '../support/calling.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, refusing, type LocalSecrets } from './local-secrets.ts';
import { command as keyturn, environmentOf, runKeyturn } from './run-keyturn.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));
const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const adminPassword = 'a-Password-0f-the-admin';

let secrets: LocalSecrets;
let postgres: Postgres;

beforeAll(async () => {
  [secrets, postgres] = await Promise.all([localSecrets(), startPostgres({ logStatements: true })]);
  await postgres.createRole({ name: 'shop_admin', password: adminPassword, createRole: true });
  await store('shop/admin', { username: 'shop_admin', password: adminPassword });
  await storeIn('eu-west-1', 'shop/admin', { username: 'shop_admin', password: adminPassword });
});
beforeEach(() => secrets.calm());
afterAll(() => Promise.all([secrets.close(), postgres.stop()]));

/** Every password that was ever stored here. */
const passwords = () =>
  secrets.sent.filter((sent) => /^[A-Za-z][\w-]{39}$/.test(sent)).concat(adminPassword);

async function store(name: string, value: object): Promise<void> {
  const SecretString = JSON.stringify(value);
  await secrets.client.send(new CreateSecretCommand({ Name: name, SecretString }));
}

async function storeIn(region: string, name: string, value: object): Promise<void> {
  const client = new SecretsManagerClient({ ...secrets.clientConfig, region });
  const SecretString = JSON.stringify(value);
  await client.send(new CreateSecretCommand({ Name: name, SecretString }));
  client.destroy();
}

let count = 0;

/** Names of their own for a secret and three roles. */
function fresh() {
  count += 1;
  const [owner, a, b] = ['owner', 'a', 'b'].map((what) => `shop${count}_${what}`);
  return { secret: `shop/${count}`, owner: owner ?? '', a: a ?? '', b: b ?? '' };
}

type Names = ReturnType<typeof fresh>;

const command = async (...args: string[]) => {
  const outcome = await runKeyturn(secrets, 'init', 'postgres-alternating', ...args);
  expectSilent(outcome.stdout + outcome.stderr, passwords());
  return outcome;
};

const argsFor = ({ secret, owner, a, b }: Names) => [
  '--secret',
  secret,
  '--owner',
  owner,
  '--users',
  `${a},${b}`,
  '--host',
  postgres.host,
  '--port',
  String(postgres.port),
  '--tls',
  'off',
  '--admin-secret',
  'shop/admin',
  '--yes',
];

const setUp = (names: Names, ...more: string[]) => command(...argsFor(names), ...more);

const credential = v.object({ DB_USER: v.string(), DB_PASSWORD: v.string() });

const storedIn = (secret: string) =>
  v.parse(credential, JSON.parse(secrets.valueOf(secret) ?? 'null'));

/** As whom one acts with what the secret names. */
const actsAs = (secret: string) => {
  const { DB_USER: user, DB_PASSWORD: password } = storedIn(secret);
  return login(postgres, user, password);
};

const rolesOf = ({ owner, a, b }: Names) =>
  postgres.query(
    `SELECT rolname, rolcanlogin, rolpassword, shobj_description(oid, 'pg_authid') AS note
     FROM pg_authid WHERE rolname IN ($1, $2, $3) ORDER BY rolname`,
    [owner, a, b],
  );

describe('sets up two roles', () => {
  test('and publishes the first, in a secret that keeps its other keys as they are', async () => {
    const names = fresh();
    const before = '{\n  "N" : 1.50e+2,\n  "DB_PASSWORD" : "of-before"\n}\n';
    await secrets.client.send(
      new CreateSecretCommand({ Name: names.secret, SecretString: before }),
    );

    const { exitCode, stdout } = await setUp(names);

    const { DB_PASSWORD: password } = storedIn(names.secret);
    expect(exitCode).toBe(0);
    expect(secrets.valueOf(names.secret)).toBe(
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
      arn: await secrets.arnOf(names.secret),
      versionId: expect.any(String),
      owner: names.owner,
      users: [names.a, names.b],
      user: names.a,
      outcome: 'made',
    });
    expect(JSON.parse(secrets.valueOf(names.secret) ?? '')).toEqual({
      PGUSER: names.a,
      PGPASSWORD: expect.stringMatching(/^[A-Za-z][\w-]{39}$/),
    });
  });

  test('with a version that carries AWSCURRENT and nothing else', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });

    const { stdout } = await setUp(names, '--json');

    const { versionId } = v.parse(v.object({ versionId: v.string() }), JSON.parse(stdout));
    const { VersionIdsToStages: stages = {} } = await secrets.client.send(
      new DescribeSecretCommand({ SecretId: names.secret }),
    );
    expect(stages[versionId]).toEqual(['AWSCURRENT']);
    expect(Object.values(stages)).toHaveLength(2);
  });

  test('that the same administrator can rotate', async () => {
    const names = fresh();
    await setUp(names);
    const { host, port } = postgres;
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
    await postgres.query(
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
    const before = [await rolesOf(names), secrets.valueOf(names.secret)];

    const { exitCode, stdout, stderr } = await setUp(names);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing was changed');
    expect(stdout).toContain(`DB_USER  ${names.a}, who logs in`);
    expect(stderr).toContain(`DB_USER  stays ${names.a}, and so does its password`);
    expect(stderr).not.toContain('is replaced');
    expect([await rolesOf(names), secrets.valueOf(names.secret)]).toEqual(before);
  });
});

describe('when the secret cannot be stored', () => {
  test.each(['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage'])(
    'says so, and the next run goes on from there (%s)',
    async (refused) => {
      const names = fresh();
      if (refused !== 'CreateSecret') await store(names.secret, { KEPT: 'it is' });
      const before = refused === 'CreateSecret' ? undefined : secrets.valueOf(names.secret);
      secrets.interference.before = (operation) =>
        operation === refused ? refusing('AccessDeniedException') : undefined;

      const first = await setUp(names);
      const kept = secrets.isThere(names.secret) ? secrets.valueOf(names.secret) : undefined;
      secrets.calm();
      const second = await setUp(names, '--json');

      expect(first.exitCode).toBe(1);
      expect(first.stderr).toMatch(/stored nowhere.*\[ACCESS_DENIED\]/s);
      expect(kept).toBe(before);
      expect(JSON.parse(second.stdout)).toMatchObject({ outcome: 'resumed' });
      expect(await actsAs(names.secret)).toBe(names.owner);
    },
  );

  test.each([
    ['in another region', [], { AWS_REGION: 'eu-west-1' }],
    ['for other keys', ['--user-key', 'PGUSER', '--password-key', 'PGPASSWORD'], {}],
  ])('it is gone on with for the same keys of the same secret, not %s', async (_, more, env) => {
    const names = fresh();
    secrets.interference.before = (operation) =>
      operation === 'CreateSecret' ? refusing('AccessDeniedException') : undefined;
    await setUp(names);
    secrets.calm();
    const before = await rolesOf(names);

    const args = ['init', 'postgres-alternating', ...argsFor(names), ...more];
    const { stderr } = await runKeyturn({ ...secrets, env }, ...args);

    expect(stderr).toContain('[ROLE_EXISTS]');
    expect(await rolesOf(names)).toEqual(before);
  });

  test('since somebody else changed it, what they stored stays', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });
    secrets.interference.before = (operation, body) => {
      const moves = operation === 'UpdateSecretVersionStage' && body.includes('AWSCURRENT');
      return moves ? refusing('InvalidParameterException') : undefined;
    };

    const { stderr } = await setUp(names);

    expect(stderr).toContain('[CURRENT_CHANGED]');
    expect(secrets.valueOf(names.secret)).toBe('{"KEPT":"it is"}');
  });

  test('with an answer that gets lost, what was stored counts', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });
    let lost = 0;
    secrets.interference.after = (operation) =>
      operation === 'UpdateSecretVersionStage' && (lost += 1) === 1
        ? refusing('InternalServiceError', '', 500)
        : undefined;

    const { exitCode } = await setUp(names);

    expect(exitCode).toBe(0);
    expect(await actsAs(names.secret)).toBe(names.owner);
  });
});

const noted = async (names: Names) => {
  const [first] = await rolesOf(names);
  return first?.['note'];
};

/** A run whose administrator may not change the first role any more by the time that it is published. */
const running = async (names: Names) => {
  const gate = Promise.withResolvers<undefined>();
  const held = secrets.held();
  secrets.interference.after = (operation) => {
    if (operation === 'GetSecretValue') secrets.interference.until = gate.promise;
    return undefined;
  };
  const run = setUp(names);
  await expect.poll(() => secrets.held(), { timeout: 20_000 }).toBeGreaterThan(held);
  await postgres.query(`ALTER ROLE ${names.a} SUPERUSER`);
  gate.resolve(undefined);
  const outcome = await run;
  secrets.calm();
  await postgres.query(`ALTER ROLE ${names.a} NOSUPERUSER`);
  return outcome;
};

describe('when the note on the role cannot be taken off', () => {
  test('says what to run, and the next run takes it off', async () => {
    const names = fresh();

    const { exitCode, stderr } = await running(names);
    const left = await noted(names);
    await setUp(names);

    expect(exitCode).toBe(0);
    expect(stderr).toContain(`COMMENT ON ROLE "${names.a}" IS NULL;`);
    expect(left).toContain('not stored yet');
    expect(await noted(names)).toBeNull();
  });

  test('never goes on with a password that was published', async () => {
    const names = fresh();
    await running(names);
    await secrets.client.send(
      new PutSecretValueCommand({ SecretId: names.secret, SecretString: '{"KEPT":"it is"}' }),
    );

    expect(await noted(names)).toContain('not stored yet');
    expect((await refusal(names)).code).toBe('ROLE_EXISTS');
  });
});

const refusal = async (names: Names, ...more: string[]) => {
  const before = [await rolesOf(names), secrets.isThere(names.secret)];
  const outcome = await setUp(names, ...more, '--json');
  expect([await rolesOf(names), secrets.isThere(names.secret)]).toEqual(before);
  return { ...outcome, ...v.parse(v.object({ code: v.string() }), JSON.parse(outcome.stdout)) };
};

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
    await postgres.query(made(names));

    const { exitCode, code } = await refusal(names);

    expect([exitCode, code]).toEqual([1, 'ROLE_EXISTS']);
  });

  test('one role that is in the way, and what the refusal advises leads on', async () => {
    const names = fresh();
    await postgres.query(`CREATE ROLE ${names.b}`);

    const { stderr } = await refusal(names);
    await postgres.query(/run (DROP ROLE .*;) and then/.exec(stderr)?.[1] ?? 'no advice');

    expect((await setUp(names)).exitCode).toBe(0);
  });

  test('an administrator who may not make roles', async () => {
    const names = fresh();
    await postgres.createRole({ name: `${names.a}dmin`, password: adminPassword });
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
    await secrets.client.send(
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
    secrets.interference.before = (operation) =>
      operation === 'DescribeSecret'
        ? Response.json({ Name: names.secret, RotationEnabled: true })
        : undefined;

    const { code, stderr } = await refusal(names);

    expect(code).toBe('ROTATION_ENABLED');
    expect(stderr).toMatch(/cancel-rotate-secret.*deploy with the parameters.*then rotate/s);
  });

  test.each(['SUPERUSER', 'CREATEROLE'])('an owner with %s', async (attribute) => {
    const names = fresh();
    await postgres.query(
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
    const before = secrets.valueOf('shop/admin');

    const byArn = await refusal(names, '--admin-secret', (await secrets.arnOf('shop/admin')) ?? '');

    expect(byArn.code).toBe('SETUP_UNSUITABLE');
    expect(secrets.valueOf('shop/admin')).toBe(before);
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
    await postgres.query(`ALTER ROLE ${names.b} CREATEDB`);

    const { code, stderr } = await refusal(names);

    expect(code).toBe('SETUP_UNSUITABLE');
    expect(stderr).toContain(`ALTER ROLE "${names.b}" NOCREATEDB;`);
  });
});

/** Needs Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  const observed = v.object({ screen: v.string(), exitCode: v.number(), echo: v.boolean() });

  const typing = async (names: Names, answers: readonly (readonly [string, string])[]) => {
    const child = spawn('python3', [driver], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: environmentOf(secrets),
    });
    const args = argsFor(names).filter(
      (arg) => !['--yes', '--admin-secret', 'shop/admin'].includes(arg),
    );
    const argv = [
      process.execPath,
      keyturn,
      'init',
      'postgres-alternating',
      ...args,
      '--admin',
      'shop_admin',
    ];
    const steps = answers.map(([until, type]) => ({ until, type }));
    child.stdin.end(JSON.stringify({ argv, steps }));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return v.parse(observed, JSON.parse(printed));
  };

  test('asks first, and for the password of the administrator, which it does not show', async () => {
    const names = fresh();

    const { exitCode, screen, echo } = await typing(names, [
      ['[y/N]', 'y\r'],
      ['Password of shop_admin', `${adminPassword}\r`],
    ]);

    expect([exitCode, echo]).toEqual([0, true]);
    expectSilent(screen, passwords());
    expect(await actsAs(names.secret)).toBe(names.owner);
  });

  test.each([
    ['a no', [['[y/N]', 'n\r']], 1],
    ['Ctrl-C at the first question', [['[y/N]', '\u0003']], 130],
    [
      'Ctrl-C at the password',
      [
        ['[y/N]', 'y\r'],
        ['Password of', '\u0003'],
      ],
      130,
    ],
  ] as const)('changes nothing after %s', async (_, answers, expected) => {
    const names = fresh();

    const { exitCode } = await typing(names, answers);

    expect(exitCode).toBe(expected);
    expect([await rolesOf(names), secrets.isThere(names.secret)]).toEqual([[], false]);
  });
});

describe('a dry run', () => {
  test('prints statements that set the roles up, and asks nobody', async () => {
    const names = fresh();

    const { exitCode, stdout } = await setUp(names, '--dry-run', '--port', '1');
    await postgres.query(stdout);

    expect(exitCode).toBe(0);
    expect(secrets.calls).toEqual([]);
    expect((await rolesOf(names)).map(({ rolname }) => rolname)).toEqual([
      names.a,
      names.b,
      names.owner,
    ]);
  });

  test('prints such as run where the owner is there already, whatever it is called', async () => {
    const names = { ...fresh(), owner: `o'w\\n"${count}` };
    await postgres.query(`CREATE ROLE "${names.owner.replace('"', '""')}" LOGIN`);

    const { stdout } = await setUp(names, '--dry-run');
    await postgres.query(stdout);

    expect((await rolesOf(names)).map(({ rolcanlogin }) => rolcanlogin)).toEqual(
      expect.arrayContaining([true, false, true]),
    );
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

test('a secret of another name is made by init as before, whatever stands before its name', async () => {
  const args = ['--yes', 'postgres-alternating/production', '--json', '--generate', 'DB_PASSWORD'];
  const without = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].flatMap((key) => ['--without', key]);

  const { stdout } = await runKeyturn(secrets, 'init', ...args, ...without);

  expect(JSON.parse(stdout)).toMatchObject({ secret: 'postgres-alternating/production' });
});

test('no password is in the log of the server, though it writes every statement down', async () => {
  await setUp(fresh());

  const log = await readFile(postgres.logPath, 'utf8');

  expect(passwords().length).toBeGreaterThan(1);
  expect(log).toContain('CREATE ROLE');
  expect(leaksIn(log, passwords())).toEqual([]);
});
