import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import {
  type AlternatingGround,
  type AlternatingSystem,
  buildAlternating,
  startAlternatingGround,
} from '../../support/alternating-system.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';

let ground: AlternatingGround;

beforeAll(async () => {
  ground = await startAlternatingGround();
});
afterAll(() => ground.close());

/** Role names by which statements are written: `a` is in use, `b` idle; `x` is a name of its own. */
interface Names {
  readonly a: string;
  readonly b: string;
  readonly owner: string;
  readonly admin: string;
  readonly x: string;
}

type Case = readonly [what: string, arrange: (names: Names) => string, says: RegExp];

const owning: readonly Case[] = [
  [
    'neither acts as an owner',
    ({ a, b }) => `ALTER ROLE ${a} RESET role; ALTER ROLE ${b} RESET role`,
    /b does not act as \w+_owner/,
  ],
  ['one does not act as the owner', ({ b }) => `ALTER ROLE ${b} RESET role`, /b does not act as/],
  [
    'one acts as another here',
    ({ b }) => `ALTER ROLE ${b} IN DATABASE shop SET role = none`,
    /b does not act/,
  ],
  [
    'one is not in the owner',
    ({ b, owner, admin }) => `REVOKE ${owner} FROM ${b} GRANTED BY ${admin}`,
    /b may not act as/,
  ],
  [
    'one may not become the owner',
    ({ b, owner, admin }) => `GRANT ${owner} TO ${b} WITH SET FALSE GRANTED BY ${admin}`,
    /b may not act as/,
  ],
  ['one role is not there', ({ b }) => `DROP ROLE ${b}`, /there is no role \w+_b/],
];

const memberships: readonly Case[] = [
  [
    'the one in use is in another group',
    ({ a, x }) => `CREATE ROLE ${x}; GRANT ${x} TO ${a}`,
    /differ in their membership of \w+_x/,
  ],
  [
    'the idle one is in another group',
    ({ b, x }) => `CREATE ROLE ${x}; GRANT ${x} TO ${b}`,
    /differ in their membership/,
  ],
  [
    'they are in a group with other options',
    ({ a, b, x }) =>
      `CREATE ROLE ${x}; GRANT ${x} TO ${a} WITH INHERIT FALSE; GRANT ${x} TO ${b} WITH ADMIN TRUE`,
    /differ in their membership/,
  ],
];

const attributes: readonly Case[] = [
  'SUPERUSER',
  'NOINHERIT',
  'CREATEROLE',
  'CREATEDB',
  'REPLICATION',
  'BYPASSRLS',
  'CONNECTION LIMIT 3',
  `VALID UNTIL '2099-01-01'`,
].map((attribute): Case => [
  `the attribute ${attribute}`,
  ({ b }) => `ALTER ROLE ${b} ${attribute}`,
  /b and \w+_a differ in (?!their|the)/,
]);

const settings: readonly Case[] = [
  [
    'a setting that the idle one lacks',
    ({ a }) => `ALTER ROLE ${a} SET statement_timeout = '3s'`,
    /differ in the setting statement_timeout/,
  ],
  [
    'a setting that only the idle one has',
    ({ b }) => `ALTER ROLE ${b} SET work_mem = '64MB'`,
    /differ in the setting work_mem/,
  ],
  [
    'a setting for this database',
    ({ a }) => `ALTER ROLE ${a} IN DATABASE shop SET lock_timeout = 7`,
    /differ in the setting lock_timeout/,
  ],
  [
    'a list of names',
    ({ a }) => `ALTER ROLE ${a} SET search_path = "$user", "My ""own"", one", public`,
    /differ in the setting search_path/,
  ],
  [
    'an empty list',
    ({ a }) => `ALTER ROLE ${a} SET search_path = ''`,
    /differ in the setting search_path/,
  ],
  [
    'a text with quotes',
    ({ a }) => `ALTER ROLE ${a} SET application_name = E'it''s \\\\ %m'`,
    /differ in the setting application_name/,
  ],
];

const ownThings: readonly Case[] = [
  [
    'a table of its own',
    ({ a, x }) => `CREATE TABLE ${x} (); ALTER TABLE ${x} OWNER TO ${a}`,
    /a owns the table public\.\w+_x/,
  ],
  [
    'more than can be listed',
    ({ b, x }) =>
      [1, 2, 3, 4, 5, 6, 7]
        .map((n) => `CREATE TABLE ${x}${n} (); ALTER TABLE ${x}${n} OWNER TO ${b};`)
        .join(' '),
    /b owns the table .* and 2 more/,
  ],
  [
    'privileges on a table',
    ({ a, x }) => `CREATE TABLE ${x} (); GRANT SELECT, INSERT ON ${x} TO ${a}`,
    /a has privileges of its own on the table/,
  ],
  [
    'privileges on a column',
    ({ b, x }) =>
      `CREATE TABLE ${x} (id int, "Odd one" int); GRANT SELECT (id), UPDATE (id, "Odd one") ON ${x} TO ${b}`,
    /b has privileges of its own on the table/,
  ],
  [
    'privileges on a schema',
    ({ b, x }) => `CREATE SCHEMA ${x}; GRANT USAGE, CREATE ON SCHEMA ${x} TO ${b}`,
    /the schema \w+_x/,
  ],
  [
    'privileges on a sequence',
    ({ a, x }) => `CREATE SEQUENCE ${x}; GRANT USAGE ON SEQUENCE ${x} TO ${a}`,
    /the sequence/,
  ],
  [
    'privileges on a function',
    ({ a, x }) =>
      `CREATE FUNCTION ${x}(int, text) RETURNS int LANGUAGE sql RETURN 1; GRANT EXECUTE ON FUNCTION ${x} TO ${a}`,
    /the function public\.\w+_x\(integer,\s?(pg_catalog\.)?text\)/,
  ],
  [
    'privileges on a type',
    ({ a, x }) => `CREATE TYPE ${x} AS ENUM ('one'); GRANT USAGE ON TYPE ${x} TO ${a}`,
    /the type/,
  ],
  [
    'privileges on the database',
    ({ a }) => `GRANT TEMPORARY ON DATABASE shop TO ${a}`,
    /the database shop/,
  ],
];

describe.each([
  ['an owner that is not common', owning],
  ['groups', memberships],
  ['attributes', attributes],
  ['settings', settings],
  ['things of their own', ownThings],
])('check refuses roles that differ in %s, and what it prints mends them:', (_, cases) => {
  test.each(cases)('%s', async (_what, arrange, says) => {
    const { system, names } = await built();
    await system.run(arrange(names));

    const message = await refusalOf(system);
    await system.run(statementsIn(message));

    expect(message).toMatch(says);
    expect(await checked(system)).toBeUndefined();
  });
});

test('check refuses where the roles may not connect to the database', async () => {
  const { system, names } = await built();
  await system.run(
    `REVOKE CONNECT ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO ${names.admin}`,
  );
  onTestFinished(() =>
    system.run(
      `GRANT CONNECT ON DATABASE shop TO PUBLIC; REVOKE CONNECT ON DATABASE shop FROM ${names.admin}`,
    ),
  );

  const message = await refusalOf(system);
  await system.run(statementsIn(message));

  expect(message).toContain(`${names.b} may not connect to shop`);
  expect(await checked(system)).toBeUndefined();
});

describe('where nobody may connect but those who are let in one by one,', () => {
  test('roles that both are let in are alike', async () => {
    const { system, names } = await closed();
    await system.run(
      `${inheritNothing(names)} GRANT CONNECT ON DATABASE shop TO ${names.a}, ${names.b}`,
    );

    expect(await checked(system)).toBeUndefined();
  });

  test('it passes over CONNECT behind more things than are listed, too', async () => {
    const { system, names } = await closed();
    const own = [1, 2, 3, 4, 5, 6].map((n) => `${names.x}${n}`);
    await system.run(`GRANT CONNECT ON DATABASE shop TO ${names.a}, ${names.b};
      ${own.map((name) => `CREATE TABLE ${name} (); GRANT SELECT ON ${name} TO ${names.a};`).join(' ')}`);
    onTestFinished(() => system.run(`DROP TABLE ${own.join(', ')}`));

    const message = await refusalOf(system);

    expect(message).toContain('and 1 more');
    expect(message).not.toContain('the database shop');
  });

  test.each<[string, (names: Names) => string]>([
    ['no role is let in', inheritNothing],
    [
      'the owner is let in, from whom they inherit nothing',
      (names) => `${inheritNothing(names)} GRANT CONNECT ON DATABASE shop TO ${names.owner}`,
    ],
    [
      'the one in use is let in',
      (names) => `${inheritNothing(names)} GRANT CONNECT ON DATABASE shop TO ${names.a}`,
    ],
    [
      'the one in use is let in, and has more of its own there',
      (names) => `${inheritNothing(names)} GRANT ALL ON DATABASE shop TO ${names.a}`,
    ],
    [
      'both are let in, and one has more of its own there',
      (names) => `GRANT CONNECT ON DATABASE shop TO ${names.a}, ${names.b};
        ${inheritNothing(names)} GRANT CREATE, TEMPORARY ON DATABASE shop TO ${names.a}`,
    ],
    ['the idle one is let in', ({ b }) => `GRANT CONNECT ON DATABASE shop TO ${b}`],
  ])('what is printed mends it at once where %s', async (_, arrange) => {
    const { system, names } = await closed();
    await system.run(arrange(names));

    const statements = statementsIn(await refusalOf(system));
    await system.run(statements);

    expect(statements).not.toMatch(/REVOKE [^;]*(CONNECT|ALL)/);
    expect(await checked(system)).toBeUndefined();
  });
});

test.each<[string, (names: Names) => string, string]>([
  [
    'a policy',
    ({ b, x }) => `CREATE TABLE ${x} (); CREATE POLICY ${x} ON ${x} TO ${b}`,
    'in the policy',
  ],
  [
    'default privileges',
    ({ a, x }) =>
      `CREATE ROLE ${x}; ALTER DEFAULT PRIVILEGES FOR ROLE ${x} GRANT SELECT ON TABLES TO ${a}`,
    'in the default acl',
  ],
  [
    'a setting that may hold a key',
    ({ a }) => `ALTER ROLE ${a} SET shop.api_key = 'Zq7-horse-staple'`,
    'the setting shop.api_key',
  ],
])('%s is named in a comment, without its value', async (_, arrange, says) => {
  const { system, names } = await built();
  await system.run(arrange(names));

  const message = await refusalOf(system);

  expect(statementsIn(message)).toMatch(/^\/\* [^*]* \*\/$/);
  expect(message).toContain(says);
  expect(message).not.toContain('Zq7');
});

test('a role that acts as another owner than the one in use is brought to that', async () => {
  const { system, names } = await built();
  await system.run(
    `CREATE ROLE ${names.x}; GRANT ${names.x} TO ${names.b}; ALTER ROLE ${names.b} SET role = ${names.x}`,
  );

  await system.run(statementsIn(await refusalOf(system)));

  expect(await checked(system)).toBeUndefined();
});

test('a password under AWSCURRENT of neither role is refused, with the statements for what is missing', async () => {
  const { system, names } = await built();
  await system.run(`DROP ROLE ${names.b}`);
  const { username: user = '', password = '' } = system.adminSecret;
  await system.run(`CREATE ROLE ${names.x} LOGIN PASSWORD '${password}'`);

  const message = await refusalOf(system, {
    ...system.current,
    DB_USER: names.x,
    DB_PASSWORD: password,
  });
  await system.run(statementsIn(message));

  expect(user).toBe(names.admin);
  expect(message).toContain(
    `names the role ${names.x}, which is neither of ${names.a} and ${names.b}`,
  );
  expect(await checked(system)).toBeUndefined();
});

test('names with quotes, spaces and capitals are quoted in all of it', async () => {
  const { system } = await built(`O'Brien "the" 1st; --`);
  const { users } = system;
  await system.run(
    `CREATE TABLE odd (); ALTER TABLE odd OWNER TO ${quoted(users[0])}; ALTER ROLE ${quoted(users[1])} RESET role`,
  );

  const message = await refusalOf(system);
  await system.run(statementsIn(message));

  expect(await checked(system)).toBeUndefined();
});

const checked = async (system: AlternatingSystem, current: Credential = system.current) =>
  (await attempt(system, (rotator, call) => rotator.check({ ...call, current }))).error;

async function refusalOf(system: AlternatingSystem, current?: Credential): Promise<string> {
  const error = await checked(system, current);
  return expectTold(error, { code: 'SETUP_UNSUITABLE' }).message;
}

const statementsIn = (message: string) =>
  /run this in that database: (.*) Then rotate again\./.exec(message)?.[1] ?? '';

async function built(prefix?: string) {
  const system = await buildAlternating(ground, prefix === undefined ? {} : { prefix });
  const { users, owner, admin } = system;
  const names: Names = { a: users[0], b: users[1], owner, admin, x: owner.replace(/owner$/, 'x') };
  onTestFinished(async () => {
    const text = 'SELECT rolname FROM pg_roles WHERE rolname = ANY($1)';
    const { rows } = await ground.superuser.query(text, [Object.values(names)]);
    for (const { rolname } of rows) await system.run(`DROP OWNED BY ${quoted(rolname)} CASCADE`);
    await system.run(`DROP ROLE IF EXISTS ${quoted(names.x)}`);
    await system.close();
  });
  return { system, names };
}

/** Roles in a database that lets in nobody but by name. */
async function closed() {
  const { system, names } = await built();
  await system.run(
    `REVOKE CONNECT ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO ${names.admin}`,
  );
  onTestFinished(() => system.run('GRANT CONNECT ON DATABASE shop TO PUBLIC'));
  return { system, names };
}

const inheritNothing = ({ a, b, owner, admin }: Names) =>
  `GRANT ${owner} TO ${a}, ${b} WITH INHERIT FALSE GRANTED BY ${admin};`;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
