import { databasePassword } from '../../src/app/database-password.ts';
import { texts } from '../../src/app/schema.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { sample, world } from './support.ts';

export const version = (password: string) => ({ ...sample, DB_PASSWORD: password });

/** A database with one password at a time, and what was tried on it. */
function database(accepted: string) {
  const tried: string[] = [];
  return {
    tried,
    accepted,
    logIn(password: string) {
      tried.push(password);
      if (password === this.accepted) return 'in';
      throw Object.assign(new Error('password authentication failed'), { code: '28P01' });
    },
  };
}

/** An application that knows the password p1, and a database that accepts this one. */
export async function loggingIn(accepted = 'p1') {
  const there = await world({ document: version('p1') });
  const secrets = await there.secretsWith({ schema: texts('DB_PASSWORD') }).ready();
  const db = database(accepted);
  const password = databasePassword('DB_PASSWORD', { secrets });
  const call = (options = {}) =>
    there.driven.drive(withAuthRetry(() => db.logIn(password()), { secrets, ...options }));
  return { ...there, app: secrets, db, password, call };
}
