import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { anyCall } from '../../support/calling.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { Gate } from '../../support/gate.ts';
import { buildMysql, type MysqlGround, type MysqlSystem } from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

const inPlace = { passwords: 'one' } as const;

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test('a switch that was given up does not take effect later', async () => {
      const system = await built(ground());
      const { current } = system;
      const next = await verbsOf(system).create();
      await ground().run('FLUSH TABLES WITH READ LOCK');

      const { error } = await attempt(system, async (rotator, call) =>
        rotator.switch?.({ ...call, to: next, from: current }),
      );
      await ground().run('UNLOCK TABLES');
      await sleep(500);

      expect(error?.code).toBe('DATABASE_BUSY');
      expect([await system.works(current), await system.works(next)]).toEqual([true, false]);
    });

    test('a switch for whose proof there is no room changes nothing', async () => {
      const system = await built(ground());
      const { current } = system;
      const next = await verbsOf(system).create();
      await ground().run(`ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 1`, [system.user]);

      const { error } = await attempt(system, async (rotator, call) =>
        rotator.switch?.({ ...call, to: next, from: current }),
      );
      await ground().run(`ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 0`, [system.user]);

      expect(error?.code).toBe('DATABASE_BUSY');
      expect([await system.works(current), await system.works(next)]).toEqual([true, false]);
    });

    test('two sessions are room enough for a rotation', async () => {
      const system = await built(ground());
      await ground().run(`ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 2`, [system.user]);
      const { check, create, switchTo } = verbsOf(system);

      await check();
      const next = await create();
      await switchTo(next, system.current);

      await expect.poll(() => system.works(next)).toBe(true);
    });
  });
}

await onServer('mysql', [], (ground) => {
  test('a switch warns of a superseded password that the user may not end', async () => {
    const system = await built(ground());
    const { current } = system;
    const next = await verbsOf(system).create();
    const second = `ALTER USER ?@'%' IDENTIFIED BY 'Another-password-1' RETAIN CURRENT PASSWORD`;
    await ground().run(second, [system.user]);

    const warnings = await warningsOfSwitch(system, { to: next, from: current });

    expect(warnings).toEqual([expect.stringContaining('DISCARD OLD PASSWORD')]);
    expect(await system.works(next)).toBe(true);
  });

  test('a switch that left one password warns of nothing', async () => {
    const system = await built(ground());
    const next = await verbsOf(system).create();

    expect(await warningsOfSwitch(system, { to: next, from: system.current })).toEqual([]);
  });
});

async function built(ground: MysqlGround): Promise<MysqlSystem> {
  const system = await buildMysql(ground, inPlace);
  onTestFinished(() => system.close());
  return system;
}

async function warningsOfSwitch(
  system: MysqlSystem,
  pair: { readonly to: MysqlSystem['current']; readonly from: MysqlSystem['current'] },
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const gate = new Gate();
  const rotator = await system.rotator(gate);
  const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
  await rotator.switch?.({ ...anyCall(), log, ...pair });
  gate.close();
  return warnings;
}
