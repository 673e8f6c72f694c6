import { escapeLiteral } from 'pg';
import * as v from 'valibot';
import { firstPassword, loginsAt, storeAdmin, suffix, type Seeding } from './seeding.ts';
import { acceptedOf, textIn, type Subject, type Values } from './subject.ts';

const roles = v.array(v.object({ rolname: v.string(), rolcanlogin: v.boolean() }));

/** Two roles of PostgreSQL's that work by turns, and the owner of all they make. */
export async function alternatingRoles(seeding: Seeding): Promise<Subject> {
  const database = await seeding.ground.postgres();
  const { accepts: logsIn, place } = loginsAt(database, 'postgres');
  const { host, port } = database;
  const end = suffix();
  const [owner, a, b] = [`owner${end}`, `app_a${end}`, `app_b${end}`] as const;
  const password = firstPassword();
  await database.query(`CREATE ROLE ${owner} NOLOGIN`);
  await database.query(
    `CREATE ROLE ${a} LOGIN IN ROLE ${owner} PASSWORD ${escapeLiteral(password)}`,
  );
  await database.query(`CREATE ROLE ${b} NOLOGIN IN ROLE ${owner}`);
  for (const role of [a, b]) {
    await database.query(`ALTER ROLE ${role} SET role = '${owner}'`);
    await database.query(`GRANT ${role} TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
  }
  const accepts = (values: Values) =>
    logsIn(textIn(values, 'DB_USER'), textIn(values, 'DB_PASSWORD'));
  const canLogIn = async (): Promise<readonly string[]> => {
    const text = `SELECT rolname, rolcanlogin FROM pg_authid WHERE rolname IN ($1, $2)`;
    const found = v.parse(roles, await database.query(text, [a, b]));
    return found.filter(({ rolcanlogin }) => rolcanlogin).map(({ rolname }) => rolname);
  };

  return {
    seed: { DB_USER: a, DB_PASSWORD: password },
    keys: {
      DB_PASSWORD: {
        rotator: 'postgres-alternating',
        host,
        port,
        database: 'postgres',
        tls: 'off',
        users: [a, b],
        adminSecret: storeAdmin(seeding, database),
        grace: '1h',
      },
    },
    title: 'the database role',
    longestGapMs: 0,
    accepts,
    leftovers: async (published) =>
      (await canLogIn()).some((role) => role !== published['DB_USER'])
        ? ['the idle role can log in']
        : [],
    state: async (known) => [await canLogIn(), await acceptedOf(accepts, known)],
    database: place,
    remove: async () => {
      await database.sessions.end([a, b]);
      await database.query(`DROP ROLE ${a}, ${b}, ${owner}`);
    },
  };
}
