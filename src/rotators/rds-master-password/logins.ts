import type { Engine } from '../database/place.ts';
import type { DatabaseServer } from '../database/server.ts';
import type { Systems } from '../kind.ts';
import { mysqlEngine } from '../mysql/engine.ts';
import { postgresEngine } from '../postgres/engine.ts';

/** Whether a login can prove a password of this engine, by RDS's name of it. */
export const hasLogin = (engine: string): boolean => engineOf(engine) !== undefined;

/** How to log in to this engine, by RDS's name of it; as to PostgreSQL where it is none that is known. */
export function loginTo(
  engine: string,
  { postgres, mysql }: Pick<Systems, 'postgres' | 'mysql'>,
): { readonly server: DatabaseServer; readonly database: string } {
  const known = engineOf(engine) ?? postgresEngine;
  return { server: known === mysqlEngine ? mysql : postgres, database: known.database };
}

/** Whether this engine can be set to block a user after wrong passwords. */
export const blocksUsers = (engine: string): boolean => engineOf(engine) === mysqlEngine;

const engineOf = (name: string): Engine | undefined =>
  [postgresEngine, mysqlEngine].find(({ names }) => names.test(name));
