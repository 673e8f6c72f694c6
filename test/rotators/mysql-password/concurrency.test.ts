import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { mysqlStatements } from '../../../src/rotators/mysql-password/mysql-statements.ts';
import { stillPending } from '../../support/calling.ts';
import { attempt } from '../../support/contract/invoke.ts';
import {
  buildMysql,
  openSession,
  type MysqlGround,
  type MysqlSystem,
} from '../../support/mysql-system.ts';
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
        const current = textOf(system.current, 'DB_PASSWORD');

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
  });
}

/** What two runs would do if neither waited for the other. */
async function addUnlocked(
  ground: MysqlGround,
  { user }: MysqlSystem,
  passwords: { readonly current: string; readonly next: string },
): Promise<void> {
  const session = await openSession(ground, user, passwords.current);
  await mysqlStatements.add({ session, account: { user, host: '%' }, own: true }, passwords);
  await session.close();
}
