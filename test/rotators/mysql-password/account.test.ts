import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { statementsFor } from '../../../src/rotators/mysql-password/statements.ts';
import { anyCall, stillPending } from '../../support/calling.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { Gate } from '../../support/gate.ts';
import {
  buildMysql,
  openSession,
  type MysqlGround,
  type MysqlRequest,
  type MysqlSystem,
} from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

const limits =
  'WITH MAX_QUERIES_PER_HOUR 900 MAX_USER_CONNECTIONS 7 PASSWORD EXPIRE INTERVAL 90 DAY';

const other = (credential: Credential): Credential => ({ ...credential, DB_USER: 'another' });

const at = (credential: Credential, host: string) => ({ ...credential, DB_HOST: host });

const productOf = { mysql: 'MySQL', mariadb: 'MariaDB' } as const;

async function built(ground: MysqlGround, request: MysqlRequest): Promise<MysqlSystem> {
  const system = await buildMysql(ground, request);
  onTestFinished(() => system.close());
  return system;
}

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test.each(['two', 'one'] as const)('all else of an account stays (%s)', async (passwords) => {
      const system = await built(ground(), { passwords, byAdmin: true });
      await ground().run(`ALTER USER ?@'%' ${limits}`, [system.user]);
      const { create, install, switchTo, revoke } = verbsOf(system);
      const before = await propertiesOf(ground(), system);
      const next = await create();

      await install(next);
      await switchTo(next, system.current);
      await revoke(system.current, next);

      expect(await system.works(next)).toBe(true);
      expect(before).toContain('MAX_USER_CONNECTIONS 7');
      expect(await propertiesOf(ground(), system)).toBe(before);
    });

    test('so do the lock of an account, and the demand for TLS', async () => {
      const system = await built(ground(), {});
      await ground().run(`ALTER USER ?@'%' REQUIRE SSL ${limits} ACCOUNT LOCK`, [system.user]);
      const before = await propertiesOf(ground(), system);
      const statements = statementsFor[productOf[name]];
      const target = {
        session: await administration(ground()),
        account: { user: system.user, host: '%' },
        own: false,
      };

      await statements.add(target, { current: 'First-1', next: 'Second-2' });
      await statements.keepOnly(target, 'Second-2');
      await statements.replace(target, { from: 'Second-2', to: 'Third-3' });

      expect(before).toMatch(/REQUIRE SSL.* ACCOUNT LOCK/);
      expect(await propertiesOf(ground(), system)).toBe(before);
    });

    test('a locked account is left as it is', async () => {
      const system = await built(ground(), { byAdmin: true });
      const { current } = system;
      const next = await verbsOf(system).create();
      await ground().run(`ALTER USER ?@'%' ACCOUNT LOCK`, [system.user]);
      const before = await system.state();

      const { error } = await attempt(system, (rotator, call) =>
        rotator.install({ ...call, next, current, stillPending }),
      );

      expect(error?.code).toBe('CANNOT_TELL');
      expect(await system.state()).toEqual(before);
    });

    describe('a credential of another account', () => {
      test.each(['two', 'one'] as const)(
        'is given no password of this one (%s)',
        async (passwords) => {
          const system = await built(ground(), { passwords, byAdmin: true });
          const next = other(await verbsOf(system).create());
          const { current } = system;
          const before = await system.state();

          const outcomes = [
            await attempt(system, (rotator, call) =>
              rotator.install({ ...call, next, current, stillPending }),
            ),
            await attempt(system, async (rotator, call) =>
              rotator.switch?.({ ...call, to: next, from: current }),
            ),
          ];

          const expected = passwords === 'two' ? ['SETUP_UNSUITABLE', undefined] : undefined;
          expect(outcomes.map(({ error }) => error?.code)).toEqual(
            expected ?? ['SETUP_UNSUITABLE', 'SETUP_UNSUITABLE'],
          );
          expect(await system.state()).toEqual(before);
        },
      );

      test('needs no switch where it works', async () => {
        const system = await built(ground(), { passwords: 'one' });
        const another = await built(ground(), { passwords: 'one' });
        const before = [await system.state(), await another.state()];

        await verbsOf(system).switchTo(another.current, system.current);

        expect([await system.state(), await another.state()]).toEqual(before);
      });

      test('is left alone, with a warning, when it is superseded', async () => {
        const system = await built(ground(), { byAdmin: true });
        const { create, install } = verbsOf(system);
        const next = await create();
        await install(next);
        const before = await system.state();

        const warnings = await warningsOfRevoking(system, other(system.current), next);

        expect(warnings).toEqual([expect.stringContaining('left alone')]);
        expect(await system.state()).toEqual(before);
      });
    });

    test('a superseded password of a version that named no user is of the same user', async () => {
      const system = await built(ground(), { byAdmin: true });
      const { create, install, revoke } = verbsOf(system);
      const next = await create();
      await install(next);
      const { DB_PASSWORD = null } = system.current;

      await revoke({ DB_PASSWORD }, next);

      expect([await system.works(system.current), await system.works(next)]).toEqual([false, true]);
    });

    test('a superseded password is of another server where the host differs', async () => {
      const system = await built(ground(), {
        byAdmin: true,
        options: { host: undefined, hostKey: 'DB_HOST', port: ground().server.port },
      });

      const warnings = await warningsOfRevoking(
        system,
        at(system.current, 'db.invalid'),
        at(system.wrong, '127.0.0.1'),
      );

      expect(warnings).toEqual([expect.stringContaining('left alone')]);
    });

    test('a change that the server refuses is told with what to do', async () => {
      const system = await built(ground(), { passwords: 'one', byAdmin: true });
      const { create } = verbsOf(system);
      const to = await create();
      const change = () =>
        attempt(system, async (rotator, call) =>
          rotator.switch?.({ ...call, to, from: system.current }),
        );
      const { username } = system.admin;

      await ground().run(`REVOKE CREATE USER ON *.* FROM ?@'%'`, [username]);
      const withoutPrivilege = await change();
      await ground().run(`GRANT CREATE USER ON *.* TO ?@'%'`, [username]);
      await ground().run('SET GLOBAL read_only = ON');
      const readOnly = await change();
      await ground().run('SET GLOBAL read_only = OFF');

      expect(withoutPrivilege.error?.code).toBe('PRIVILEGE_MISSING');
      expect(readOnly.error?.code).toBe('SETUP_UNSUITABLE');
      expect(await system.works(system.current)).toBe(true);
    });
  });
}

await onServer('mysql', [], (ground) => {
  test('a switch ends the second password of a time when there were two', async () => {
    const grants = ['APPLICATION_PASSWORD_ADMIN'];
    const system = await built(ground(), { passwords: 'one', grants });
    await ground().run(`ALTER USER ?@'%' IDENTIFIED BY 'The-first-1' RETAIN CURRENT PASSWORD`, [
      system.user,
    ]);
    const { create, switchTo } = verbsOf(system);
    const next = await create();

    await switchTo(next, system.current);

    expect(await system.works(next)).toBe(true);
    expect([await system.works(system.current), await system.accepts('The-first-1')]).toEqual([
      false,
      false,
    ]);
  });

  test('a switch proves the password in use where the server demands it', async () => {
    const system = await built(ground(), { passwords: 'one' });
    await ground().run(`ALTER USER ?@'%' PASSWORD REQUIRE CURRENT`, [system.user]);
    const { check, create, install, switchTo } = verbsOf(system);
    const next = await create();

    await check();
    await install(next);
    await switchTo(next, system.current);

    expect([await system.works(system.current), await system.works(next)]).toEqual([false, true]);
  });

  test('a password that the policy does not take is told, and the one in use stays', async () => {
    const system = await built(ground(), { password: 'simple' });
    await ground().run("INSTALL COMPONENT 'file://component_validate_password'");
    const next = await verbsOf(system).create();
    const { current } = system;

    const { error } = await attempt(system, (rotator, call) =>
      rotator.install({ ...call, next, current, stillPending }),
    );
    await ground().run("UNINSTALL COMPONENT 'file://component_validate_password'");

    expect(error?.code).toBe('STATEMENT_REFUSED');
    expect(error?.message).toContain('password policy');
    expect(await system.works(current)).toBe(true);
  });
});

async function administration(ground: MysqlGround) {
  const { user, password } = ground.server.admin;
  const session = await openSession(ground, user, password);
  onTestFinished(() => session.close());
  return session;
}

/** The account without its passwords. */
async function propertiesOf(ground: MysqlGround, { user }: MysqlSystem): Promise<string> {
  const [row = {}] = await ground.run(`SHOW CREATE USER ?@'%'`, [user]);
  return String(Object.values(row)[0]).replace(/IDENTIFIED .*?(?= (REQUIRE|WITH MAX))/s, '');
}

async function warningsOfRevoking(system: MysqlSystem, victim: Credential, keep: Credential) {
  const warnings: string[] = [];
  const gate = new Gate();
  onTestFinished(() => gate.close());
  const rotator = await system.rotator(gate);
  const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
  await rotator.revoke({ ...anyCall(), log, victim, keep, newer: 'keep' });
  return warnings;
}
