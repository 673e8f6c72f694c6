import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mysqlStatements } from '../../../src/rotators/mysql-password/mysql-statements.ts';
import { mysqlServer } from '../../../src/rotators/mysql/mysql-server.ts';
import { stillPending } from '../../support/calling.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { buildMysql, type MysqlGround, type MysqlSystem } from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

const runs = 20;

await onServer('mysql', [], (ground) => {
  describe('two runs that install at once', () => {
    test('never lose the password in use, nor the new one', async () => {
      for (let run = 0; run < runs; run += 1) {
        const system = await buildMysql(ground());
        const next = await verbsOf(system).create();
        const { current } = system;

        const outcomes = await Promise.all(
          [1, 2].map(() =>
            attempt(system, (rotator, call) =>
              rotator.install({ ...call, next, current, stillPending }),
            ),
          ),
        );

        expect(outcomes.filter(({ error }) => error && error.code !== 'DATABASE_BUSY')).toEqual([]);
        expect([await system.works(current), await system.works(next)]).toEqual([true, true]);
        await system.close();
      }
    });

    test('would lose it without the lock: the same statements do', async () => {
      let lost = 0;
      for (let run = 0; run < runs; run += 1) {
        const system = await buildMysql(ground());
        const next = 'a-new-password-of-40-characters-000000';
        const current = String(system.current['DB_PASSWORD']);

        await Promise.all([1, 2].map(() => addUnlocked(ground(), system, { current, next })));

        if (!(await system.accepts(current))) lost += 1;
        await system.close();
      }

      expect(lost).toBeGreaterThan(0);
    });
  });
});

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test('a rotation that is undone while a slow one installs ends with the password in use', async () => {
      const system = await buildMysql(ground(), { byAdmin: true });
      const { create, install, revoke } = verbsOf(system);
      const [next, later] = [await create(), await create()];
      const { current } = system;

      await install(next);
      await Promise.allSettled([revoke(next, current), install(later), revoke(later, current)]);

      expect(await system.works(current)).toBe(true);
      await system.close();
    });

    test('the lock of a run that froze is given up', async () => {
      const system = await buildMysql(ground(), { byAdmin: true });
      const { create, install } = verbsOf(system);
      const { host, port } = ground().server;
      const frozen = await mysqlServer.open({
        ...{ host, port, user: system.user, password: String(system.current['DB_PASSWORD']) },
        ...{ database: '', tls: 'off', signal: new AbortController().signal },
      });
      if (frozen === 'rejected') return expect.unreachable('it was rejected');
      await frozen.query('SET SESSION wait_timeout = 1');
      await holdEveryLockOf(ground(), system, frozen.query);
      await sleep(2_000);

      await install(await create());

      await frozen.close();
      await system.close();
    });
  });
}
