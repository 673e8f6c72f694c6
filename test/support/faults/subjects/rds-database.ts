import { escapeLiteral } from 'pg';
import { firstPassword, loginsAt, suffix, type Seeding } from './seeding.ts';
import { textIn, type Subject, type Values } from './subject.ts';

export const dbInstance = 'reminder-app-production';

/** An RDS instance, whose master user is a role of its own. */
export async function rdsDatabase(seeding: Seeding): Promise<Subject> {
  const database = await seeding.ground.postgres();
  const { accepts, place } = loginsAt(database, 'postgres');
  const user = `master${suffix()}`;
  let current = firstPassword();
  const set = async (password: string) => {
    const text = `ALTER ROLE ${user} PASSWORD ${escapeLiteral(password)}`;
    await database.query(text);
    place.verdicts.noteStatement(text);
    current = password;
  };
  await database.query(`CREATE ROLE ${user} LOGIN`);
  await set(current);
  seeding.rds.addInstance({
    identifier: dbInstance,
    engine: 'postgres',
    masterUsername: user,
    endpoint: { address: database.host, port: database.port },
    applyMasterPassword: (next) => seeding.carry(() => set(next)),
  });
  const works = (values: Values) => accepts(user, textIn(values, 'DB_PASSWORD'));

  return {
    seed: { DB_PASSWORD: current },
    keys: { DB_PASSWORD: { rotator: 'rds-master-password', instance: dbInstance, tls: 'off' } },
    title: 'the database password',
    longestGapMs: 300_000,
    accepts: works,
    leftovers: async () => [],
    state: async () => current,
    database: place,
    remove: async () => {
      await database.query(`DROP ROLE ${user}`);
    },
  };
}
