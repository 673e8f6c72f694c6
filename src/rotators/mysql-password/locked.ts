import { createHash } from 'node:crypto';
import { RotationError } from '../../rotation/errors.ts';
import type { Session } from '../database/server.ts';
import { nameOf, type Account } from './account.ts';

/**
 * Runs statements while the session holds the lock on an account's passwords: what is asked for
 * inside stays true until its end. The lock ends with the session. Throws `DATABASE_BUSY` where
 * another invocation keeps it.
 */
export async function locked<R>(
  session: Session,
  account: Account,
  statements: () => Promise<R>,
): Promise<R> {
  // Of a caller that froze the server ends the session, and with it the lock, after so many seconds.
  await session.query('SET SESSION wait_timeout = 30');
  const [row] = await session.query('SELECT GET_LOCK(?, 4) AS taken', [lockName(account)]);
  if (Number(row?.['taken']) !== 1) throw busy(account);
  await session.query(patience);
  return statements();
}

/**
 * The server must give a statement up, in seconds, before it is given up here: one that waits on, such
 * as for the end of a backup, would take effect when nobody counts on it. MariaDB's ALTER USER heeds
 * the second limit alone, which MySQL takes for a comment.
 */
const patience = 'SET SESSION lock_wait_timeout = 3 /*M! , SESSION max_statement_time = 3 */';

const busy = (account: Account) =>
  new RotationError(
    'DATABASE_BUSY',
    `Another run of Keyturn is changing the account ${nameOf(account)} just now. It is tried again by itself.`,
  );

/** The name of a lock has 64 characters at most, and no difference of case. */
const lockName = (account: Account) =>
  `keyturn ${createHash('sha256').update(nameOf(account)).digest('hex').slice(0, 40)}`;
