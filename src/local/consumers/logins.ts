import type { Consumer } from './consumer.ts';
import { mysqlLogins } from './mysql-logins.ts';
import { postgresLogins } from './postgres-logins.ts';
import type { Surroundings } from './surroundings.ts';

/** A new connection each time, and one statement. */
export const logins = (surroundings: Surroundings): Consumer =>
  surroundings.database.engine === 'postgres'
    ? postgresLogins(surroundings)
    : mysqlLogins(surroundings);
