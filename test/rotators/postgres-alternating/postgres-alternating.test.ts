import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { postgresAlternating } from '../../../src/rotators/postgres-alternating/postgres-alternating.ts';
import {
  type AlternatingGround,
  type AlternatingRequest,
  type AlternatingSystem,
  buildAlternating,
  startAlternatingGround,
} from '../../support/alternating-system.ts';
import { bind } from '../../support/bind.ts';
import { anyCall, anyVersion, stillPending } from '../../support/calling.ts';
import { attempt, must, type Run } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { Gate } from '../../support/gate.ts';
import { leaksIn } from '../../stack/leaks.ts';

let ground: AlternatingGround;

beforeAll(async () => {
  ground = await startAlternatingGround();
});
afterAll(() => ground.close());

describe('a rotation', () => {
  test('makes a credential for the other role, with a password that is as long as configured', async () => {
    const system = await built({ options: { length: 128 } });

    const made = await create(system, system.current);

    expect(made).toEqual({
      DB_USER: system.users[1],
      DB_PASSWORD: expect.stringMatching(/^[A-Za-z][\w-]{127}$/),
    });
  });

  test('goes back and forth between the two roles, each with a new password', async () => {
    const system = await built();
    const used = [system.current];
    for (let round = 0; round < 4; round += 1) used.push(await rotated(system, used.at(-1) ?? {}));

    const last = used.at(-1) ?? {};
    expect(used.map(({ DB_USER: user }) => user)).toEqual(
      [0, 1, 0, 1, 0].map((index) => system.users[index]),
    );
    expect(new Set(used.map(({ DB_PASSWORD: password }) => password)).size).toBe(5);
    expect(await Promise.all(used.map((each) => system.works(each)))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(await system.works(last)).toBe(true);
  });

  test('leaves the idle role without a login from the end of the grace on', async () => {
    const system = await built();
    const next = await installed(system, system.current);
    expect(await canLogIn(system)).toEqual([true, true]);

    await revoke(system, { victim: system.current, keep: next });

    expect(await canLogIn(system)).toEqual([false, true]);
  });

  test('leaves sessions of the superseded role open, and what they make the owner’s', async () => {
    const system = await built();
    const session = sessionOf(system.current);
    await session.connect();
    onTestFinished(() => session.end());
    const next = await installed(system, system.current);

    await revoke(system, { victim: system.current, keep: next });

    const { rows } = await session.query('SELECT current_user AS user');
    expect(rows).toEqual([{ user: system.owner }]);
  });

  test('leaves what one role made, and what was granted since, to the other one (F-6)', async () => {
    const system = await built();
    const { owner, run } = system;
    await run(`CREATE TABLE granted_${owner} (); CREATE SCHEMA ${owner} AUTHORIZATION ${owner}`);
    await inSession(system.current, (query) => query(`CREATE TABLE ${owner}.notes (text text)`));
    await run(`GRANT SELECT ON granted_${owner} TO ${owner}`);
    onTestFinished(() => run(`DROP SCHEMA ${owner} CASCADE; DROP TABLE granted_${owner}`));

    const next = await rotated(system, system.current);

    await expect(
      inSession(next, async (query) => {
        await query(`INSERT INTO ${owner}.notes VALUES ('one'); SELECT * FROM granted_${owner}`);
        await query(`ALTER TABLE ${owner}.notes ADD COLUMN more text; DROP TABLE ${owner}.notes`);
      }),
    ).resolves.toBeUndefined();
  });

  test('shows no password to the log of the server, whatever it is told to write down', async () => {
    const system = await built();
    await must(system, (rotator, call) => rotator.check({ ...call, current: system.current }));
    const next = await rotated(system, system.current);

    const log = await readFile(ground.postgres.logPath, 'utf8');

    const values = [system.current, next].map((each) => textOf(each, 'DB_PASSWORD'));
    expect(log).toContain(`ALTER ROLE "${system.users[1]}" LOGIN PASSWORD 'SCRAM-SHA-256$4096:`);
    expect(leaksIn(log, [...values, system.adminSecret['password'] ?? ''])).toEqual([]);
  });

  test('hashes as often as configured', async () => {
    const system = await built({ options: { iterations: 5_000 } });
    await installed(system, system.current);

    expect(JSON.stringify(await system.state())).toContain('SCRAM-SHA-256$5000:');
  });
});

describe('revoke', () => {
  test('spares a role that another rotation let in again, between its question and its change', async () => {
    const system = await built();
    const next = await installed(system, system.current);
    // The superseded role is being shut out; it has been asked for, and not changed yet.
    const gate = new Gate({ at: 2, fault: 'waits' });
    const slow = attempt(system, revoking({ victim: system.current, keep: next }), gate);
    await gate.reached;
    const third = await installed(system, next);
    gate.resume();

    const { error } = await slow;

    expect(error).toBeUndefined();
    expect(await system.works(third)).toBe(true);
    expect(await system.works(next)).toBe(true);
  });

  test('never leaves both roles without a login, when two runs name them the other way round', async () => {
    const system = await built();
    const next = await installed(system, system.current);

    const outcomes = await Promise.all([
      attempt(system, revoking({ victim: system.current, keep: next })),
      attempt(system, revoking({ victim: next, keep: system.current })),
    ]);

    const codes = outcomes.map(({ error }) => error?.code);
    expect(codes).toEqual(expect.arrayContaining([undefined, 'KEEP_REJECTED']));
    const working = [await system.works(system.current), await system.works(next)];
    expect(working.filter(Boolean)).toEqual([true]);
  });

  test('leaves a role alone that is neither of the two, and says so', async () => {
    const system = await built();
    const user = `${system.owner}_older`;
    const other = { DB_USER: user, DB_PASSWORD: 'a-password-of-its-own' };
    await system.run(`CREATE ROLE ${user} LOGIN PASSWORD '${other.DB_PASSWORD}'`);
    onTestFinished(() => system.run(`DROP ROLE ${user}`));

    const lines = await warningsOf(system, { victim: other, keep: system.current });

    expect(lines).toEqual([expect.stringContaining(`${user} is not one that Keyturn may change`)]);
    const text = 'SELECT rolcanlogin FROM pg_roles WHERE rolname = $1';
    expect((await ground.superuser.query(text, [user])).rows).toEqual([{ rolcanlogin: true }]);
  });

  test('leaves a role on another server alone, and says so', async () => {
    const system = await built({ options: { host: undefined, hostKey: 'DB_HOST' } });
    const keep = { ...system.current, DB_HOST: ground.postgres.host };

    const lines = await warningsOf(system, {
      victim: { ...keep, DB_HOST: 'elsewhere.invalid', DB_PASSWORD: 'x' },
      keep,
    });

    expect(lines).toEqual([expect.stringContaining('on another server')]);
  });

  test('refuses where one role would have two passwords, of which the older one works', async () => {
    const system = await built();
    const keep = { ...system.current, DB_PASSWORD: 'another' };

    const { error } = await attempt(system, revoking({ victim: system.current, keep }));

    expectTold(error, { code: 'KEEP_REJECTED' });
    expect(await system.works(system.current)).toBe(true);
  });
});

describe('install', () => {
  test('refuses to change the role that AWSCURRENT names', async () => {
    const system = await built();
    const next = { ...system.current, DB_PASSWORD: 'another' };

    const { error } = await attempt(system, (rotator, call) =>
      rotator.install({ ...call, next, current: system.current, stillPending }),
    );

    expectTold(error, { code: 'CURRENT_CHANGED' });
    expect(await system.works(system.current)).toBe(true);
  });

  test('refuses to change a role that is neither of the two', async () => {
    const system = await built();
    const next = { DB_USER: system.admin, DB_PASSWORD: 'another' };

    const { error } = await attempt(system, (rotator, call) =>
      rotator.install({ ...call, next, current: system.current, stillPending }),
    );

    expect(error).toMatchObject({ code: 'SETUP_UNSUITABLE' });
  });

  test('refuses a password that is not accepted after it was set, such as that of a role that expired', async () => {
    const system = await built();
    const next = { ...system.current, ...(await create(system, system.current)) };
    await system.run(`ALTER ROLE ${system.users[1]} VALID UNTIL '2020-01-01'`);

    const { error } = await attempt(system, (rotator, call) =>
      rotator.install({ ...call, next, current: system.current, stillPending }),
    );

    expect(error).toMatchObject({ code: 'PENDING_REJECTED' });
  });
});

describe('check', () => {
  test('refuses a current role that cannot log in', async () => {
    const system = await built();
    await system.run(`ALTER ROLE ${system.users[0]} NOLOGIN`);

    expect(await checked(system)).toMatchObject({ code: 'CURRENT_REJECTED' });
  });

  test.each([0, 1] as const)(
    'refuses an administrator who may not change role %i',
    async (index) => {
      const system = await built();
      await system.run(`REVOKE ADMIN OPTION FOR ${system.users[index]} FROM ${system.admin}`);

      const { message } = expectTold(await checked(system), { code: 'PRIVILEGE_MISSING' });

      expect(message).toContain(
        `GRANT "${system.users[index]}" TO "${system.admin}" WITH ADMIN OPTION`,
      );
    },
  );

  test('refuses an administrator whom the database refuses, and tries again', async () => {
    const system = await built();
    system.adminSecret['password'] = 'another';

    expect(await checked(system)).toMatchObject({ code: 'ADMIN_REJECTED', retryable: true });
  });

  test('takes an administrator who acts as a group that may change nothing', async () => {
    const system = await built();
    const group = `${system.owner}_group`;
    await system.run(
      `CREATE ROLE ${group}; GRANT ${group} TO ${system.admin}; ALTER ROLE ${system.admin} SET role = ${group}`,
    );
    onTestFinished(() => system.run(`DROP ROLE ${group}`));

    expect(await checked(system)).toBeUndefined();
    expect(await system.works(await rotated(system, system.current))).toBe(true);
  });

  test('refuses superusers, whom a lesser administrator may not change, and says so', async () => {
    const system = await built();
    for (const user of system.users) await system.run(`ALTER ROLE ${user} SUPERUSER`);

    const { message } = expectTold(await checked(system), { code: 'PRIVILEGE_MISSING' });

    expect(message).toContain('is a superuser');
    expect(message).not.toContain('CREATEROLE');
  });

  test('refuses an administrator who is one of the two', async () => {
    const system = await built();
    system.adminSecret['username'] = system.users[1];

    const { message } = expectTold(await checked(system), { code: 'SETUP_UNSUITABLE' });

    expect(message).toContain("the administrator's own");
  });

  test('takes nothing that the application has by its owner for a difference', async () => {
    const system = await built();
    const { owner, run } = system;
    await run(`CREATE SCHEMA s_${owner} AUTHORIZATION ${owner}; GRANT pg_monitor TO ${owner}`);
    onTestFinished(() => run(`DROP SCHEMA s_${owner}`));

    expect(await checked(system)).toBeUndefined();
  });
});

describe('what an operator is warned of', () => {
  test('an idle role that could log in, which somebody else may use', async () => {
    const system = await built();
    await system.run(`ALTER ROLE ${system.users[1]} LOGIN PASSWORD 'of-somebody-else'`);
    const next = { ...system.current, ...(await create(system, system.current)) };

    const lines = await heard(system, (rotator, call) =>
      rotator.install({ ...call, next, current: system.current, stillPending }),
    );

    expect(lines).toEqual([expect.stringContaining(`The role ${system.users[1]} could log in`)]);
    expect(await system.works(next)).toBe(true);
  });

  test('not a rotation that comes back to a role, nor one that runs twice', async () => {
    const system = await built();
    const second = await rotated(system, system.current);
    const third = { ...second, ...(await create(system, second)) };

    const install: Run<void> = (rotator, call) =>
      rotator.install({ ...call, next: third, current: second, stillPending });
    const lines = [...(await heard(system, install)), ...(await heard(system, install))];

    expect(lines).toEqual([]);
  });

  test('roles that expire soon', async () => {
    const system = await built();
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    for (const user of system.users) await system.run(`ALTER ROLE ${user} VALID UNTIL '${soon}'`);

    const lines = await heard(system, (rotator, call) =>
      rotator.check({ ...call, current: system.current }),
    );

    expect(lines).toEqual(
      system.users.map((user) =>
        expect.stringContaining(`The role ${user} has VALID UNTIL ${soon.slice(0, 10)}`),
      ),
    );
  });
});

describe('its options', () => {
  const place = { host: 'localhost', adminSecret: 'admin' };

  test.each<[string, object]>([
    ['one role only', { ...place, users: ['a'] }],
    ['three roles', { ...place, users: ['a', 'b', 'c'] }],
    ['the same role twice', { ...place, users: ['a', 'a'] }],
    ['a name that PostgreSQL would cut off', { ...place, users: ['a', 'b'.repeat(64)] }],
    ['no administrator', { host: 'localhost', users: ['a', 'b'] }],
    ['no place', { adminSecret: 'admin', users: ['a', 'b'] }],
  ])('refuse %s', (_, options) => {
    expect(postgresAlternating.read('DB_PASSWORD', options)).toEqual(expect.any(String));
  });

  test('say what it reads, changes and may show', () => {
    const rotator = bind(postgresAlternating, {
      key: 'PGPASSWORD',
      options: {
        hostKey: 'PGHOST',
        userKey: 'PGUSER',
        adminSecret: 'admin',
        users: ['a', 'b'],
        grace: '2h',
      },
    });

    expect(rotator).toMatchObject({
      changes: ['PGPASSWORD', 'PGUSER'],
      reads: ['PGHOST'],
      shown: ['PGUSER', 'PGHOST'],
      graceMs: 7_200_000,
    });
  });
});

interface Pair {
  readonly victim: Credential;
  readonly keep: Credential;
}

async function built(request?: AlternatingRequest): Promise<AlternatingSystem> {
  const system = await buildAlternating(ground, request);
  onTestFinished(() => system.close());
  return system;
}

const checked = async (system: AlternatingSystem) =>
  (await attempt(system, (rotator, call) => rotator.check({ ...call, current: system.current })))
    .error;

const create = (system: AlternatingSystem, current: Credential) =>
  must(system, (rotator, call) =>
    rotator.create({ ...call, current, superseded: async () => undefined, version: anyVersion }),
  );

async function installed(system: AlternatingSystem, current: Credential): Promise<Credential> {
  const next = { ...current, ...(await create(system, current)) };
  await must(system, (rotator, call) => rotator.install({ ...call, next, current, stillPending }));
  return next;
}

async function rotated(system: AlternatingSystem, current: Credential): Promise<Credential> {
  const next = await installed(system, current);
  await revoke(system, { victim: current, keep: next });
  return next;
}

const revoking =
  (pair: Pair): Parameters<typeof must<void>>[1] =>
  (rotator, call) =>
    rotator.revoke({ ...call, ...pair, newer: 'keep' });

const revoke = (system: AlternatingSystem, pair: Pair) => must(system, revoking(pair));

const warningsOf = (system: AlternatingSystem, pair: Pair) => heard(system, revoking(pair));

/** The warnings of one call. */
async function heard(system: AlternatingSystem, run: Run<void>): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = { info: () => undefined, warn: (line: string) => void lines.push(line) };
  await run(await system.rotator(new Gate()), { ...anyCall(), log });
  return lines;
}

function sessionOf(credential: Credential): Client {
  const { host, port } = ground.postgres;
  const [user, password] = [textOf(credential, 'DB_USER'), textOf(credential, 'DB_PASSWORD')];
  return new Client({ host, port, database: 'shop', user, password });
}

async function inSession(
  credential: Credential,
  use: (query: (text: string) => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const session = sessionOf(credential);
  await session.connect();
  try {
    await use((text) => session.query(text));
  } finally {
    await session.end();
  }
}

const canLogIn = async ({ users }: AlternatingSystem) => {
  const text = 'SELECT rolcanlogin FROM pg_roles WHERE rolname = ANY($1) ORDER BY rolname';
  const { rows } = await ground.superuser.query<{ rolcanlogin: boolean }>(text, [users]);
  return rows.map(({ rolcanlogin }) => rolcanlogin);
};
