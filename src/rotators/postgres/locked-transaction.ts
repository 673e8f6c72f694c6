import { RotationError } from '../../rotation/errors.ts';
import { StatementRefused, type Session } from '../database/server.ts';

/** How long to wait for another invocation that changes the same role, in ms. */
const lockTimeoutMs = 4_000;

/** After this time between two statements the server ends the transaction of a caller that died, in ms. */
const idleTimeoutMs = 15_000;

/**
 * Runs statements in one transaction that holds the lock on a role's credential: what is asked for
 * inside stays true until its end. `rehearsal` takes all of it back. Throws `DATABASE_BUSY` where
 * another invocation keeps the lock, and `StatementRefused` with 25006 on a standby.
 *
 * PostgreSQL keeps such locks for each database, while roles belong to the whole server: sessions in
 * different databases do not wait for each other. The versions of one secret name one database,
 * unless somebody changes that while a rotation runs.
 */
export async function lockedTransaction<R>(
  session: Session,
  { role, rehearsal = false }: { readonly role: string; readonly rehearsal?: boolean },
  statements: () => Promise<R>,
): Promise<R> {
  await begin(session);
  await session.query(settle, [String(lockTimeoutMs), String(idleTimeoutMs), role]);
  await takeLock(session, role);
  // A session that is closed before its COMMIT takes everything back by itself.
  const result = await statements();
  await session.query(rehearsal ? 'ROLLBACK' : 'COMMIT');
  return result;
}

/** A role may be set to read only by default, and may still change its password. */
async function begin(session: Session): Promise<void> {
  try {
    await session.query('BEGIN READ WRITE');
  } catch (error) {
    // A standby has another code for the wish to write than for the attempt.
    if (error instanceof StatementRefused && error.code === '0A000')
      throw new StatementRefused('25006');
    throw error;
  }
}

/**
 * Limits the waiting, and ends the acting as another role (`ALTER ROLE app SET role = owner`): a role
 * may change itself, and an administrator others, only as itself. Where it is the other role that has
 * the attributes for it, which no member inherits, it stays that.
 */
const settle = `
  SELECT pg_catalog.set_config('lock_timeout', $1, true),
    pg_catalog.set_config('idle_in_transaction_session_timeout', $2, true),
    CASE WHEN EXISTS (
      SELECT FROM pg_catalog.pg_roles own, pg_catalog.pg_roles acting
      WHERE pg_catalog.nameeq(own.rolname, session_user)
        AND pg_catalog.nameeq(acting.rolname, current_user)
        AND (pg_catalog.nameeqtext(own.rolname, $3) OR own.rolsuper
          OR NOT acting.rolsuper AND (own.rolcreaterole OR NOT acting.rolcreaterole))
    ) THEN pg_catalog.set_config('role', 'none', true) END`;

async function takeLock(session: Session, role: string): Promise<void> {
  try {
    const text = 'SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))';
    await session.query(text, [`keyturn ${role}`]);
  } catch (error) {
    if (!(error instanceof StatementRefused && error.code === '55P03')) throw error;
    throw new RotationError(
      'DATABASE_BUSY',
      `Another run of Keyturn is changing the role ${role} just now. It is tried again by itself.`,
    );
  }
}
