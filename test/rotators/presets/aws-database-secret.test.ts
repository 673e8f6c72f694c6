import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import { setUpStatements } from '../../../src/rotators/postgres-alternating/set-up.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';
import { scramVerifier } from '../../../src/rotators/postgres/scram-verifier.ts';
import { awsDatabaseSecret } from '../../../src/rotators/presets/aws-database-secret.ts';
import { login } from '../../local/postgres/login.ts';
import { codeOf } from '../../rotation/support/world.ts';
import { createAuthority } from '../../support/certificates.ts';
import { adminArn, worldOf } from './support.ts';

let postgres: Postgres;
let ca: string;
const admin = { username: 'shop_admin', password: 'the-password-of-the-administrator' };

beforeAll(async () => {
  const authority = await createAuthority();
  ca = authority.cert;
  postgres = await startPostgres({ tls: await authority.issue({ names: ['IP:127.0.0.1'] }) });
  await postgres.createRole({ name: admin.username, password: admin.password, createRole: true });
  await postgres.createDatabase({ name: 'shop' });
}, 30_000);
afterAll(() => postgres.stop());

/** A role that the administrator may change too, and its password. */
async function aRole() {
  const role = { username: `app_${randomBytes(4).toString('hex')}`, password: 'as-it-was-first' };
  await postgres.createRole({ name: role.username, password: role.password });
  await postgres.query(`GRANT ${role.username} TO ${admin.username} WITH ADMIN OPTION`);
  return role;
}

type Role = Awaited<ReturnType<typeof aRole>>;
type Shape = (role: Role, port: number) => string;

/** As the documentation of AWS's rotation functions has it, and as the console stores it. */
const documented: Shape = ({ username, password }, port) => `{
  "engine": "postgres",
  "host": "127.0.0.1",
  "username": "${username}",
  "password": "${password}",
  "dbname": "shop",
  "port": ${port}
}`;
const stored: Shape = ({ username, password }, port) =>
  `{"username":"${username}","password":"${password}","engine":"postgres","host":"127.0.0.1",` +
  `"port":${port},"dbInstanceIdentifier":"orders"}`;
const withMember =
  (member: string): Shape =>
  (role, port) =>
    stored(role, port).replace(/\}$/, `,${member}}`);

const accepts = async ({ username }: Role, password: string | undefined) =>
  (await login(postgres, username, password ?? '')) === username;

describe('a secret of AWS’s is rotated as it is', () => {
  test.each<[string, Shape, { ca?: boolean }]>([
    ['as documented', documented, { ca: true }],
    ['as the console stores it', stored, { ca: true }],
    [
      'with a port in quotes',
      (role, port) => withMember(`"a":"b"`)(role, port).replace(`:${port}`, `:"${port}"`),
      { ca: true },
    ],
    ['with TLS', withMember('"ssl":true'), { ca: true }],
    ['with TLS, by name', withMember('"ssl":"true"'), { ca: true }],
    ['without TLS', withMember('"ssl":false'), {}],
    ['without TLS, by name', withMember('"ssl":"false"'), {}],
    [
      'with an administrator that nobody needs',
      withMember(`"masterarn":"${adminArn}"`),
      { ca: true },
    ],
  ])('%s', async (_case, shape, trusting) => {
    const role = await aRole();
    const text = shape(role, postgres.port);
    const keys = awsDatabaseSecret({
      rotator: 'postgres-password',
      ca: trusting.ca ? ca : undefined,
    });
    const world = await worldOf(text, keys);

    await world.rotate();

    const { password } = world.current();
    expect(await accepts(role, password)).toBe(true);
    expect(await accepts(role, role.password)).toBe(false);
    expect(world.at('AWSCURRENT')?.secretString).toBe(text.replace(role.password, password ?? ''));
  });
});

it('is not rotated in plain text because it says nothing of TLS', async () => {
  const role = await aRole();
  const world = await worldOf(
    stored(role, postgres.port),
    awsDatabaseSecret({ rotator: 'postgres-password' }),
  );

  expect(await codeOf(world.rotate())).toBe('TLS_FAILED');
  expect(await accepts(role, role.password)).toBe(true);
});

test.each([
  ['another engine', '"engine":"postgres"', '"engine":"mysql"'],
  ['a port that is none', /"port":\d+/, '"port":"none"'],
])('with %s it is refused before anything is made', async (_case, from, to) => {
  const role = await aRole();
  const text = stored(role, postgres.port).replace(from, to);
  const world = await worldOf(text, awsDatabaseSecret({ rotator: 'postgres-password', ca }));

  expect(await codeOf(world.rotate())).toBe('KEY_UNUSABLE');
  expect(world.pending()).toEqual({});
});

const byAdmin = () =>
  awsDatabaseSecret({ rotator: 'postgres-password', adminSecret: adminArn, ca });

describe('where an administrator changes the password', () => {
  it('is rotated by the one that masterarn names', async () => {
    const role = await aRole();
    const text = withMember(`"masterarn":"${adminArn}"`)(role, postgres.port);
    const world = await worldOf(text, byAdmin(), {
      ...admin,
      engine: 'postgres',
      host: '127.0.0.1',
    });

    await world.rotate();

    const { password } = world.current();
    expect(await accepts(role, password)).toBe(true);
    expect(world.at('AWSCURRENT')?.secretString).toBe(text.replace(role.password, password ?? ''));
  });

  it('is refused where masterarn names another', async () => {
    const role = await aRole();
    const text = withMember(`"masterarn":"${adminArn.replace('AbCdE1', 'XyZ012')}"`);
    const world = await worldOf(text(role, postgres.port), byAdmin(), admin);

    expect(await codeOf(world.rotate())).toBe('ADMIN_SECRET_UNUSABLE');
    expect(await accepts(role, role.password)).toBe(true);
  });
});

test('two users take turns, and each is published under username', async () => {
  const users = ['turn_a', 'turn_b'] as const;
  const password = 'as-it-was-first';
  const verifier = await scramVerifier(password);
  const { host, port } = postgres;
  const { username: user, password: adminPassword } = admin;
  const { signal } = new AbortController();
  const asAdmin = await postgresServer.open({
    host,
    port,
    user,
    password: adminPassword,
    database: 'shop',
    tls: 'off',
    signal,
  });
  if (asAdmin === 'rejected') throw new Error('The administrator cannot log in.');
  const statements = setUpStatements({ owner: 'turn_owner', users }, { verifier });
  for (const statement of statements) await asAdmin.query(statement);
  await asAdmin.close();
  const text = withMember(`"dbname":"shop","masterarn":"${adminArn}"`);
  const world = await worldOf(
    text({ username: 'turn_a', password }, postgres.port),
    awsDatabaseSecret({
      rotator: 'postgres-alternating',
      users: [...users],
      adminSecret: adminArn,
      ca,
    }),
    admin,
  );

  await world.rotate();
  const first = world.current();
  await world.reconcile();
  await world.rotate();

  expect([first['username'], world.current()['username']]).toEqual(['turn_b', 'turn_a']);
  expect(await login(postgres, 'turn_a', world.current()['password'] ?? '')).toBe('turn_owner');
  expect(world.at('AWSCURRENT')?.secretString).toBe(
    text({ username: 'turn_a', password: world.current()['password'] ?? '' }, postgres.port),
  );
});
