import { describe, expect, onTestFinished, test } from 'vitest';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import { anyCall } from '../../support/calling.ts';
import { Gate } from '../../support/gate.ts';
import {
  buildMysql,
  type MysqlGround,
  type MysqlRequest,
  type MysqlSystem,
} from '../../support/mysql-system.ts';
import { onServer, refusalOf, verbsOf } from './support.ts';

interface Refusal {
  readonly request?: MysqlRequest;
  /** Statements that make it so; `?` is the user. */
  readonly arrange: readonly string[];
  readonly code?: ErrorCode;
  readonly says: string;
  /** What makes the check pass again. */
  readonly mend: readonly string[];
}

const own: MysqlRequest = {};
const byAdmin: MysqlRequest = { byAdmin: true };
const inPlace: MysqlRequest = { passwords: 'one' };

/** As a person writes it who follows the message. */
const lifted = `ALTER USER ?@'%' PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY`;

const onMysql: Readonly<Record<string, Refusal>> = {
  'a user who may not give himself a second password': {
    request: { grants: [] },
    arrange: [],
    code: 'PRIVILEGE_MISSING',
    says: 'GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO `app_',
    mend: [`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ?@'%'`],
  },
  'an account that has a history of passwords': {
    arrange: [`ALTER USER ?@'%' PASSWORD HISTORY 3`],
    says: 'PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY',
    mend: [lifted],
  },
  'an account that has one for some days, changed in place': {
    request: inPlace,
    arrange: [`ALTER USER ?@'%' PASSWORD REUSE INTERVAL 30 DAY`],
    says: 'no rotation could be taken back',
    mend: [lifted],
  },
  'a server that has a history for all': {
    request: byAdmin,
    arrange: ['SET GLOBAL password_history = 2'],
    says: 'PASSWORD HISTORY 0',
    mend: [lifted, 'SET GLOBAL password_history = DEFAULT'],
  },
  'a server that has one for some days': {
    request: byAdmin,
    arrange: ['SET GLOBAL password_reuse_interval = 9'],
    says: 'PASSWORD REUSE INTERVAL 0 DAY',
    mend: [lifted, 'SET GLOBAL password_reuse_interval = DEFAULT'],
  },
  'an account that must prove its password to change it': {
    arrange: [`ALTER USER ?@'%' PASSWORD REQUIRE CURRENT`],
    says: 'PASSWORD REQUIRE CURRENT OPTIONAL',
    mend: [`ALTER USER ?@'%' PASSWORD REQUIRE CURRENT OPTIONAL`],
  },
  'a server that demands such a proof of all': {
    arrange: ['SET GLOBAL password_require_current = ON'],
    says: 'PASSWORD REQUIRE CURRENT OPTIONAL',
    mend: [
      `ALTER USER ?@'%' PASSWORD REQUIRE CURRENT OPTIONAL`,
      'SET GLOBAL password_require_current = DEFAULT',
    ],
  },
  'an account that is blocked after few wrong passwords': {
    arrange: [`ALTER USER ?@'%' FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 1`],
    says: 'blocked after 4 wrong passwords',
    mend: [`ALTER USER ?@'%' FAILED_LOGIN_ATTEMPTS 5`],
  },
  'an account that is blocked after any number of wrong passwords, changed in place': {
    request: inPlace,
    arrange: [`ALTER USER ?@'%' FAILED_LOGIN_ATTEMPTS 1000 PASSWORD_LOCK_TIME 1`],
    says: 'FAILED_LOGIN_ATTEMPTS 0',
    mend: [`ALTER USER ?@'%' FAILED_LOGIN_ATTEMPTS 0`],
  },
  'an account that is protected from the administrator': {
    request: byAdmin,
    arrange: [`GRANT SYSTEM_USER ON *.* TO ?@'%'`],
    code: 'PRIVILEGE_MISSING',
    says: 'GRANT SYSTEM_USER ON *.* TO `admin_',
    mend: [`REVOKE SYSTEM_USER ON *.* FROM ?@'%'`],
  },
  'a server that logs passwords': {
    request: inPlace,
    arrange: ['SET GLOBAL log_raw = ON'],
    says: 'Set log_raw to OFF',
    mend: ['SET GLOBAL log_raw = OFF'],
  },
  'a replica, super_read_only': {
    request: byAdmin,
    arrange: ['SET GLOBAL super_read_only = ON'],
    says: 'as a replica is',
    mend: ['SET GLOBAL super_read_only = OFF', 'SET GLOBAL read_only = OFF'],
  },
  'a server of a replicating group': {
    request: byAdmin,
    arrange: [
      "INSTALL PLUGIN group_replication SONAME 'group_replication.so'",
      "SET GLOBAL group_replication_group_name = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'",
    ],
    says: "passwords: 'one'",
    mend: ['UNINSTALL PLUGIN group_replication'],
  },
};

const onMariadb: Readonly<Record<string, Refusal>> = {
  'a user who may not give himself a second password': {
    request: own,
    arrange: [],
    code: 'PRIVILEGE_MISSING',
    says: 'adminSecret',
    mend: [`GRANT CREATE USER ON *.* TO ?@'%'`],
  },
  'an account that logs in by something else, too': {
    request: byAdmin,
    arrange: [
      "SET @was = (SELECT JSON_VALUE(Priv, '$.authentication_string') FROM mysql.global_priv WHERE User = ?)",
      "EXECUTE IMMEDIATE CONCAT('ALTER USER ', QUOTE(?), '@''%'' IDENTIFIED VIA unix_socket OR ', " +
        "'mysql_native_password USING ', QUOTE(@was))",
    ],
    says: 'does not log in by passwords alone',
    mend: [
      "EXECUTE IMMEDIATE CONCAT('ALTER USER ', QUOTE(?), '@''%'' IDENTIFIED VIA mysql_native_password ', " +
        "'USING ', QUOTE(@was))",
    ],
  },
  'a server that blocks users after few wrong passwords': {
    request: byAdmin,
    arrange: ['SET GLOBAL max_password_errors = 3'],
    says: 'max_password_errors',
    mend: ['SET GLOBAL max_password_errors = DEFAULT'],
  },
  'a server that blocks users whose password is changed in place': {
    request: inPlace,
    arrange: ['SET GLOBAL max_password_errors = 999'],
    says: 'SET GLOBAL max_password_errors = 1000',
    mend: ['SET GLOBAL max_password_errors = 1000'],
  },
};

const onBoth: Readonly<Record<string, Refusal>> = {
  'a user with accounts for several hosts': {
    request: byAdmin,
    arrange: [`CREATE USER ?@'localhost' IDENTIFIED BY 'Another-password-1'`],
    says: '(%, localhost)',
    mend: [`DROP USER ?@'localhost'`],
  },
  'an account without room for a second session': {
    request: inPlace,
    arrange: [`ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 1`],
    code: 'DATABASE_BUSY',
    says: 'a rotation needs two sessions',
    mend: [`ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 2`],
  },
  'a replica, read_only': {
    request: byAdmin,
    arrange: ['SET GLOBAL read_only = ON'],
    says: 'as a replica is',
    mend: ['SET GLOBAL read_only = OFF'],
  },
  'an account that is locked': {
    request: byAdmin,
    arrange: [`ALTER USER ?@'%' ACCOUNT LOCK`],
    code: 'CANNOT_TELL',
    says: 'ACCOUNT UNLOCK',
    mend: [`ALTER USER ?@'%' ACCOUNT UNLOCK`],
  },
  'an account with an expired password': {
    request: { byAdmin: true, password: 'A-password-1' },
    arrange: [`ALTER USER ?@'%' PASSWORD EXPIRE`],
    code: 'CANNOT_TELL',
    says: 'set the same password again',
    mend: [`ALTER USER ?@'%' IDENTIFIED BY 'A-password-1'`],
  },
};

const refusals = { mysql: { ...onBoth, ...onMysql }, mariadb: { ...onBoth, ...onMariadb } };

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    describe('check refuses', () => {
      test.each(Object.entries(refusals[name]))('%s, until that is mended', async (_, refusal) => {
        const system = await built(ground(), refusal.request);
        for (const statement of refusal.arrange) await ground().run(statement, [system.user]);

        const { code, message } = await refusalOf(system);
        for (const statement of refusal.mend) await ground().run(statement, [system.user]);

        expect(code).toBe(refusal.code ?? 'SETUP_UNSUITABLE');
        expect(message).toContain(refusal.says);
        await verbsOf(system).check();
      });

      test('a user whom the server takes for another', async () => {
        await ground().run(`CREATE USER ''@'%' IDENTIFIED BY 'Anybody-1'`);
        const system = await built(ground(), byAdmin);
        const ghost = { DB_USER: 'ghost', DB_PASSWORD: 'Anybody-1' };

        const { code, message } = await refusalOf(system, ghost);
        await ground().run(`DROP USER ''@'%'`);

        expect(code).toBe('SETUP_UNSUITABLE');
        expect(message).toContain('``@`%`');
      });

      test('an administrator who is the user himself', async () => {
        const system = await built(ground(), byAdmin);
        const { username, password } = system.admin;

        const { code } = await refusalOf(system, { DB_USER: username, DB_PASSWORD: password });

        expect(code).toBe('SETUP_UNSUITABLE');
      });

      test('a password that was changed elsewhere', async () => {
        const system = await built(ground(), byAdmin);
        await ground().run(`ALTER USER ?@'%' IDENTIFIED BY 'Set-by-hand-1'`, [system.user]);

        expect((await refusalOf(system)).code).toBe('CURRENT_REJECTED');
      });
    });

    test('check takes a privilege that comes by a role', async () => {
      const system = await built(ground(), { ...byAdmin, grants: [] });
      const { username } = system.admin;
      await ground().run(`REVOKE CREATE USER ON *.* FROM ?@'%'`, [username]);
      await ground().run('CREATE ROLE administration');
      await ground().run('GRANT CREATE USER ON *.* TO administration');
      await ground().run(`GRANT administration TO ?@'%'`, [username]);
      await ground().run(defaultRole[name], [username]);

      await expect(verbsOf(system).check()).resolves.toBeUndefined();

      await ground().run('DROP ROLE administration');
    });

    test.each([
      ['one password, where two would do', { passwords: 'one', byAdmin: true }, 1],
      ['one password, where two are impossible', { passwords: 'one' }, 0],
      ['two passwords', { passwords: 'two', byAdmin: true }, 0],
    ] as const)('check warns of a gap that need not be: %s', async (_, request, count) => {
      const system = await built(ground(), request);

      const warnings = await warningsOf(system);

      expect(warnings.filter((each) => each.includes("'two'"))).toHaveLength(count);
    });
  });
}

await onServer('mysql', [], (ground) => {
  test('check warns of a gap where the user himself may have two passwords', async () => {
    const system = await built(ground(), {
      passwords: 'one',
      grants: ['APPLICATION_PASSWORD_ADMIN'],
    });

    expect(await warningsOf(system)).toContainEqual(expect.stringContaining("'two'"));
  });

  test('check warns where nobody may look at the hosts of the user', async () => {
    const system = await built(ground());

    expect(await warningsOf(system)).toEqual([expect.stringContaining('several hosts')]);
  });

  test('check sees the hosts of the user by an administrator with CREATE USER alone', async () => {
    const system = await buildMysql(ground(), byAdmin);
    onTestFinished(() => system.close());
    await ground().run(`CREATE USER ?@'localhost' IDENTIFIED BY 'Another-1'`, [system.user]);

    const { code, message } = await refusalOf(system);
    await ground().run(`DROP USER ?@'localhost'`, [system.user]);

    expect(code).toBe('SETUP_UNSUITABLE');
    expect(message).toContain('(%, localhost)');
  });
});

await onServer('mariadb', ['--disconnect-on-expired-password=OFF'], (ground) => {
  test('check refuses an account that may do nothing but change its expired password', async () => {
    const system = await built(ground(), byAdmin);
    await ground().run(`ALTER USER ?@'%' PASSWORD EXPIRE`, [system.user]);

    const { code, message } = await refusalOf(system);

    expect(code).toBe('CANNOT_TELL');
    expect(message).toContain('set the same password again');
  });

  test('check refuses an account in place that has two passwords, and can change the first only', async () => {
    const two = await built(ground(), byAdmin);
    await verbsOf(two).install(await verbsOf(two).create());
    const inItself = { ...two, rotator: (gate: Gate) => asOne(ground(), two, gate) };

    const { code, message } = await refusalOf(inItself);

    expect(code).toBe('SETUP_UNSUITABLE');
    expect(message).toContain('several passwords');
  });
});

const defaultRole = {
  mysql: `SET DEFAULT ROLE ALL TO ?@'%'`,
  mariadb: `SET DEFAULT ROLE administration FOR ?@'%'`,
};

/** A rotator in place of the same account. */
async function asOne(ground: MysqlGround, { user }: MysqlSystem, gate: Gate) {
  const system = await built(ground, { passwords: 'one', options: { user, userKey: undefined } });
  return system.rotator(gate);
}

/** Its administrator may look at the accounts, too. Removed when the test ends. */
async function built(ground: MysqlGround, request: MysqlRequest = {}): Promise<MysqlSystem> {
  const system = await buildMysql(ground, request);
  onTestFinished(() => system.close());
  await ground.run(`GRANT SELECT ON mysql.* TO ?@'%'`, [system.admin.username]);
  return system;
}

async function warningsOf(system: MysqlSystem): Promise<readonly string[]> {
  const warnings: string[] = [];
  const gate = new Gate();
  const rotator = await system.rotator(gate);
  const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
  await rotator.check({ ...anyCall(), log, current: system.current });
  gate.close();
  return warnings;
}
