import { expect, test } from 'vitest';
import type { ServerName } from '../../../src/local/servers/server-folder.ts';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { inSystem } from '../../support/contract/test-of.ts';
import { buildMysql, type MysqlGround, type MysqlRequest } from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

/** What people type, and what breaks where a text is not quoted. */
const typed = [
  `it's`,
  `"quoted" and \`so\``,
  `back\\slash\\`,
  `'; DROP USER admin; --`,
  `\\'`,
  '100%_?:name',
  ' spaces around ',
  'ünïcödé 日本語 😀',
  'line\nbreak\ttab\r\u001a',
  '<secret>',
];

const shapes: Readonly<Record<ServerName, readonly [string, MysqlRequest][]>> = {
  mysql: [
    ['two passwords, by itself', { passwords: 'two' }],
    ['two passwords, by an administrator', { passwords: 'two', byAdmin: true }],
    ['one password, by itself', { passwords: 'one' }],
  ],
  mariadb: [
    ['two passwords, by an administrator', { passwords: 'two', byAdmin: true }],
    ['one password, by itself', { passwords: 'one' }],
    ['one password, by an administrator', { passwords: 'one', byAdmin: true }],
  ],
};

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test.each(shapes[name])(
      'a password that was typed goes and comes back as it is: %s',
      async (_, request) => {
        for (const password of typed) {
          const outcome = await thereAndBack(ground(), { ...request, password });

          expect(outcome).toEqual({ current: true, next: false, similar: false });
        }
      },
    );

    test('every new password is taken, whatever its length', async () => {
      for (const length of [32, 33, 40, 64, 79]) {
        const system = await buildMysql(ground(), { byAdmin: true, options: { length } });
        const { create, install } = verbsOf(system);
        const next = await create();

        await install(next);

        expect(textOf(next, 'DB_PASSWORD')).toHaveLength(length);
        expect(await system.works(next)).toBe(true);
        await system.close();
      }
    });
  });
}

await onServer('mysql', [], (ground) => {
  test('the strongest policy on passwords takes every new one', async () => {
    await ground().run("INSTALL COMPONENT 'file://component_validate_password'");
    await ground().run("SET GLOBAL validate_password.policy = 'STRONG'");
    const system = await buildMysql(ground(), { password: 'A-typed_password1' });
    const { create, install, revoke } = verbsOf(system);
    let current = system.current;

    for (let count = 0; count < 15; count += 1) {
      const next = await create();
      await install(next, current);
      await revoke(current, next);
      current = next;
    }

    expect(await system.works(current)).toBe(true);
    await system.close();
  });
});

/** Rotates away from a password, back to it, and ends the one in between; says what works then. */
async function thereAndBack(ground: MysqlGround, request: MysqlRequest) {
  let outcome = {};
  await inSystem({ build: () => buildMysql(ground, request), sick: {} }, async (system) => {
    const { check, create, install, switchTo, revoke } = verbsOf(system);
    const { current } = system;
    const works = (credential: Credential) => system.works(credential);
    await check();
    const next = await create();

    await install(next);
    await switchTo(next, current);
    await check(next);
    await install(current, next);
    await switchTo(current, next);
    await revoke(next, current);

    outcome = {
      current: await works(current),
      next: await works(next),
      similar: await system.accepts(`${request.password}x`),
    };
  });
  return outcome;
}
