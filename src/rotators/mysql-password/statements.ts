import type { Session } from '../database/server.ts';
import type { Account, Product } from './account.ts';
import { mariadbStatements } from './mariadb-statements.ts';
import { mysqlStatements } from './mysql-statements.ts';

/**
 * How a kind of server is told which passwords an account has. Each statement leaves the password
 * accepted that is to stay, so that a run may break off between any two.
 */
export interface Statements {
  /** Makes `next` accepted beside `current`, and no third one. `current` must be accepted. */
  add(
    target: Target,
    passwords: { readonly current: string; readonly next: string },
  ): Promise<void>;
  /** Ends every password but `keep`, which must be accepted. */
  keepOnly(target: Target, keep: string): Promise<void>;
  /** Puts `to` in the place of `from`, in one statement. Answers whether another may be left. */
  replace(
    target: Target,
    passwords: { readonly from: string; readonly to: string },
  ): Promise<'alone' | 'perhaps-another'>;
}

/** An account, and a session that may change it. */
export interface Target {
  readonly session: Session;
  readonly account: Account;
  /** Whether the session is the account's own. */
  readonly own: boolean;
}

export const statementsFor: Readonly<Record<Product, Statements>> = {
  MySQL: mysqlStatements,
  MariaDB: mariadbStatements,
};
