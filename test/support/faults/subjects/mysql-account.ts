import { escape } from 'mysql2';
import { firstPassword, loginsAt, storeAdmin, suffix, type Seeding } from './seeding.ts';
import { orderOf, storedPasswords } from './stored-passwords.ts';
import { textIn, type Subject, type Values } from './subject.ts';

interface AccountOptions {
  readonly server: 'MySQL' | 'MariaDB';
  readonly passwords: 'two' | 'one';
  readonly by: 'itself' | 'admin';
}

/** An account of MySQL's or MariaDB's, which holds two passwords while one follows the other, or one. */
export async function mysqlAccount(seeding: Seeding, options: AccountOptions): Promise<Subject> {
  const { server, passwords, by } = options;
  const database = await seeding.ground[server === 'MySQL' ? 'mysql' : 'mariadb']();
  const { host, port } = database;
  const { accepts: logsIn, place } = loginsAt(database, '');
  const user = `app${suffix()}`;
  const password = firstPassword();
  const account = `'${user}'@'%'`;
  await database.query(`CREATE USER ${account} IDENTIFIED BY ${escape(password)}`);
  if (by === 'itself' && passwords === 'two') {
    await database.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${account}`);
  }
  const accepts = (values: Values) =>
    logsIn(textIn(values, 'DB_USER'), textIn(values, 'DB_PASSWORD'));
  const admin = by === 'admin' ? { adminSecret: storeAdmin(seeding, database) } : {};
  const grace = passwords === 'two' ? { grace: '1h' } : {};
  const at = { host, port, tls: 'off' } as const;
  const state = async (known: readonly Values[]) => {
    const typed = new Set(known.map((values) => textIn(values, 'DB_PASSWORD')));
    const stored = await storedPasswords(database, user);
    return orderOf(database, stored, [...typed]);
  };

  return {
    seed: { DB_USER: user, DB_PASSWORD: password },
    keys: {
      DB_PASSWORD: {
        rotator: 'mysql-password',
        ...at,
        userKey: 'DB_USER',
        passwords,
        ...admin,
        ...grace,
      },
    },
    title: 'the database password',
    longestGapMs: passwords === 'one' ? 300_000 : 0,
    accepts,
    async leftovers() {
      const stored = await storedPasswords(database, user);
      return stored.length > 1 ? ['a second password is left'] : [];
    },
    state,
    database: place,
    remove: async () => {
      await database.sessions.end([user]);
      await database.query(`DROP USER ${account}`);
    },
  };
}
