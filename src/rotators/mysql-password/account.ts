import type { Session } from '../database/server.ts';

export type Product = 'MySQL' | 'MariaDB';

/** One of the accounts that the server keeps: a user may have several, one for each host. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

/** What a session is logged in to, and as. */
export interface Standing {
  readonly product: Product;
  /** As the server says it, such as `8.0.36` or `10.11.18-MariaDB`. */
  readonly version: string;
  /** The account that the login was checked against. */
  readonly account: Account;
}

export async function standingOf(session: Session): Promise<Standing> {
  const [row] = await session.query('SELECT VERSION() AS version, CURRENT_USER() AS account');
  const version = String(row?.['version']);
  const account = String(row?.['account']);
  // A user's name may hold an @, a host cannot.
  const at = account.lastIndexOf('@');
  return {
    product: /mariadb/i.test(version) ? 'MariaDB' : 'MySQL',
    version,
    account: { user: account.slice(0, at), host: account.slice(at + 1) },
  };
}

/** For messages and for statements that a person is to run. */
export const nameOf = ({ user, host }: Account): string => `${quoted(user)}@${quoted(host)}`;

const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
