import { RotationError } from '../../rotation/errors.ts';
import { StatementRefused, type Session } from '../database/server.ts';

/** How long to wait for another invocation that changes the same role, in ms. */
const lockTimeoutMs = 4_000;

/**
 * Runs statements in one transaction that holds the lock on a role's credential: what is asked for
 * inside stays true until its end. `rehearsal` takes all of it back. Throws `DATABASE_BUSY` where
 * another invocation keeps the lock.
 */
export async function lockedTransaction<R>(
  session: Session,
  { role, rehearsal = false }: { readonly role: string; readonly rehearsal?: boolean },
  statements: () => Promise<R>,
): Promise<R> {
  await session.query('BEGIN');
  await session.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  await takeLock(session, role);
  // A session that is closed before its COMMIT takes everything back by itself.
  const result = await statements();
  await session.query(rehearsal ? 'ROLLBACK' : 'COMMIT');
  return result;
}

async function takeLock(session: Session, role: string): Promise<void> {
  try {
    const text = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';
    await session.query(text, [`keyturn ${role}`]);
  } catch (error) {
    if (!(error instanceof StatementRefused && error.code === '55P03')) throw error;
    throw new RotationError(
      'DATABASE_BUSY',
      `Another run of Keyturn is changing the role ${role} just now. It is tried again by itself.`,
    );
  }
}
