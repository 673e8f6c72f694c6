import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from 'mysql2/promise';
import { startMariadb } from '../../../src/local/servers/start-mariadb.ts';
import { startMysql } from '../../../src/local/servers/start-mysql.ts';
import { awsDatabaseSecret } from '../../../src/rotators/presets/aws-database-secret.ts';
import { codeOf } from '../../rotation/support/world.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';
import { adminArn, worldOf } from './support.ts';

const first = 'as-it-was-first';
const admin = { username: 'shop_admin', password: 'the-password-of-the-administrator' };

const keys = awsDatabaseSecret({ rotator: 'mysql-password', adminSecret: adminArn });

const servers = [
  { engine: 'mysql', start: startMysql, missing: await whereMissing('mysql') },
  { engine: 'mariadb', start: startMariadb, missing: await whereMissing('mariadb') },
] as const;

describe.each(servers)('a secret of AWS’s for $engine $missing', ({ engine, start, missing }) => {
  describe.skipIf(missing)('is understood', () => {
    let server: Awaited<ReturnType<typeof start>>;

    beforeAll(async () => {
      server = await start();
      await server.admin.query("CREATE USER ?@'%' IDENTIFIED BY ?", ['app', first]);
      await server.admin.query("CREATE USER ?@'%' IDENTIFIED BY ?", [
        admin.username,
        admin.password,
      ]);
      await server.admin.query("GRANT CREATE USER ON *.* TO ?@'%'", [admin.username]);
    }, 60_000);
    afterAll(() => server.stop());

    const textWith = (members: string) =>
      `{"username":"app","password":"${first}","engine":"${engine}","host":"127.0.0.1",` +
      `"port":${server.port},${members}"masterarn":"${adminArn}"}`;

    test('and not rotated in plain text because it says nothing of TLS', async () => {
      const world = await worldOf(textWith(''), keys, admin);

      expect(await codeOf(world.rotate())).toBe('TLS_FAILED');
    });

    test('and rotated as it is: old and new work, until the grace ends', async () => {
      const text = textWith('"ssl":"false",');
      const world = await worldOf(text, keys, admin);

      await world.rotate();
      const { password = '' } = world.current();
      const before = [await logsIn(server, first), await logsIn(server, password)];
      await world.clock.advance(86_400_000);
      await world.reconcile();

      expect(before).toEqual([true, true]);
      expect([await logsIn(server, first), await logsIn(server, password)]).toEqual([false, true]);
      expect(world.at('AWSCURRENT')?.secretString).toBe(text.replace(first, password));
    });
  });
});

/** The server's own verdict, without the rotator. */
async function logsIn(
  { host, port }: { readonly host: string; readonly port: number },
  password: string,
): Promise<boolean> {
  try {
    const connection = await createConnection({ host, port, user: 'app', password });
    await connection.end();
    return true;
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === 1045) return false;
    throw error;
  }
}
