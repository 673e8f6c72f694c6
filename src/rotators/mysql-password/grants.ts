import type { Session } from '../database/server.ts';

/** The privileges on all of the server that a session has, also by its roles, such as `CREATE USER`. */
export type Grants = ReadonlySet<string>;

export async function grantsOf(session: Session): Promise<Grants> {
  const rows = await session.query('SHOW GRANTS');
  const lists = rows.flatMap((row) => Object.values(row)).map((line) => global.exec(String(line)));
  return new Set(lists.flatMap((list) => list?.[1]?.split(', ') ?? []));
}

const global = /^GRANT (.+?) ON \*\.\* TO /;

export const hasOne = (grants: Grants, ...privileges: readonly string[]): boolean =>
  ['ALL PRIVILEGES', ...privileges].some((privilege) => grants.has(privilege));
