import { describe, expect, test } from 'vitest';
import { startMariadb } from '../../src/local/servers/start-mariadb.ts';
import { startMysql } from '../../src/local/servers/start-mysql.ts';
import type { DatabaseServer } from '../../src/local/servers/start-server.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import {
  mariadbPool,
  mariadbPoolOfCallbacks,
  mysqlPool,
  mysqlPoolOfCallbacks,
} from './opened-pool.ts';
import { first } from './password-secret.ts';
import { inGap, type ServerWithUser, testRotatedPasswords } from './rotated-password.ts';

const drivers = {
  mysql2: mysqlPool,
  'mysql2 by callbacks': mysqlPoolOfCallbacks,
  mariadb: mariadbPool,
  'mariadb by callbacks': mariadbPoolOfCallbacks,
};

const noMariadb = await whereMissing('mariadb');
const noMysql = await whereMissing('mysql');

describe.skipIf(noMariadb)(`on MariaDB${noMariadb}`, () => {
  const opened = testRotatedPasswords(async () => withUser(await startMariadb()), drivers);

  test('a pool of mariadb gets through a switch gap by itself', async () => {
    const { pool, commit } = await opened(mariadbPool, inGap);

    const inTheGap = await pool.take();
    await commit();
    const afterIt = await pool.take();

    expect(await afterIt.ask()).not.toBe(await inTheGap.ask());
    await Promise.all([inTheGap.giveBack(), afterIt.giveBack()]);
  });

  test('a pool of mariadb gets through a rotation that is undone', async () => {
    const { pool, setPassword } = await opened(mariadbPool, inGap);
    const inTheGap = await pool.take();

    await setPassword(first);
    const afterIt = await pool.take();

    expect(await afterIt.ask()).not.toBe(await inTheGap.ask());
    await Promise.all([inTheGap.giveBack(), afterIt.giveBack()]);
  });
});

describe.skipIf(noMysql)(`on MySQL${noMysql}`, () => {
  testRotatedPasswords(async () => withUser(await startMysql()), drivers);
});

async function withUser(server: DatabaseServer): Promise<ServerWithUser> {
  const { host, port, admin } = server;
  await admin.query(`CREATE USER app@'%'`);
  return {
    where: { host, port, user: 'app' },
    setPassword: async (password) => {
      await admin.query(`ALTER USER app@'%' IDENTIFIED BY ?`, [password]);
    },
    stop: () => server.stop(),
  };
}
