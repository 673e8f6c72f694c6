import type { ServerName } from '../servers/server-folder.ts';
import { startMariadb } from '../servers/start-mariadb.ts';
import { startMysql } from '../servers/start-mysql.ts';
import type { DatabaseServer } from '../servers/start-server.ts';
import { newAdministrator, storeAdministrator } from './administrator.ts';
import { placeParameters } from './place-parameters.ts';
import type { Ground, SetUp } from './strategy.ts';

const starts = { mysql: startMysql, mariadb: startMariadb };

/** A server of its own with one user. Two passwords at once are an administrator's to give. */
export const onMysql =
  (engine: ServerName, passwords: 'two' | 'one') =>
  async (ground: Ground): Promise<SetUp> => {
    const { usualPlace, dbPassword, atEnd } = ground;
    const { user, database } = usualPlace;
    const server = await starts[engine]();
    atEnd(() => server.stop());
    const { admin, port } = server;
    await admin.query('CREATE DATABASE ??', [database]);
    await admin.query("CREATE USER ?@'%' IDENTIFIED BY ?", [user, dbPassword]);
    await admin.query("GRANT ALL ON ??.* TO ?@'%'", [database, user]);
    const place = { ...usualPlace, engine, port };
    return {
      database: place,
      parameters: {
        ...placeParameters(place),
        DbRotator: 'mysql-password',
        DbUser: user,
        DbPasswords: passwords,
        ...(passwords === 'two' && { DbAdminSecretArn: await administratorOf(server, ground) }),
      },
      keys: {},
    };
  };

async function administratorOf({ admin }: DatabaseServer, ground: Ground): Promise<string> {
  const administrator = newAdministrator();
  const { username, password } = administrator;
  await admin.query("CREATE USER ?@'%' IDENTIFIED BY ?", [username, password]);
  await admin.query("GRANT CREATE USER ON *.* TO ?@'%'", [username]);
  return storeAdministrator(ground, administrator);
}
