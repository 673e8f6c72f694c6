import { escapeLiteral } from 'pg';
import { firstPassword, loginsAt, storeAdmin, suffix, type Seeding } from './seeding.ts';
import { acceptedOf, textIn, type Subject, type Values } from './subject.ts';

/** A role of PostgreSQL's that holds one password, changed by itself or by an administrator. */
export async function postgresRole(seeding: Seeding, by: 'itself' | 'admin'): Promise<Subject> {
  const database = await seeding.ground.postgres();
  const { accepts: logsIn, place } = loginsAt(database, 'postgres');
  const { host, port } = database;
  const user = `app${suffix()}`;
  const password = firstPassword();
  await database.query(`CREATE ROLE ${user} LOGIN PASSWORD ${escapeLiteral(password)}`);
  if (by === 'admin') {
    await database.query(`GRANT ${user} TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
  }
  const accepts = (values: Values) =>
    logsIn(textIn(values, 'DB_USER'), textIn(values, 'DB_PASSWORD'));
  const at = { host, port, database: 'postgres', tls: 'off' } as const;
  const admin = by === 'admin' ? { adminSecret: storeAdmin(seeding, database) } : {};

  return {
    seed: { DB_USER: user, DB_PASSWORD: password },
    keys: { DB_PASSWORD: { rotator: 'postgres-password', ...at, userKey: 'DB_USER', ...admin } },
    title: 'the database password',
    longestGapMs: 300_000,
    accepts,
    leftovers: async () => [],
    state: (known) => acceptedOf(accepts, known),
    database: place,
    remove: async () => {
      await database.sessions.end([user]);
      await database.query(`DROP ROLE ${user}`);
    },
  };
}
