import type { Surroundings } from './surroundings.ts';

/** As whom a document says to log in. */
export const loginIn = (
  { DB_USER: user, DB_PASSWORD: password }: Readonly<Record<string, unknown>>,
  { database }: Pick<Surroundings, 'database'>,
) => ({
  user: typeof user === 'string' ? user : database.user,
  password: String(password),
});
