import { RotationError } from '../../rotation/errors.ts';
import type { Session } from '../database/server.ts';
import { lockedTransaction } from '../postgres/locked-transaction.ts';

/** Which role gets which password, and in whose session. */
interface Change {
  readonly session: Session;
  readonly role: string;
  /** The password as a SCRAM verifier. */
  readonly verifier: string;
  /** Told right before the COMMIT. */
  readonly changing?: (() => void) | undefined;
}

/** Proves that the server would take the change, and changes nothing. Throws `DATABASE_BUSY`. */
export async function rehearseChange(change: Change): Promise<void> {
  const statement = await statementOf(change);
  const { session, role } = change;
  await lockedTransaction(session, { role, rehearsal: true }, () => session.query(statement));
}

/**
 * Changes the password unless it is accepted already, and proves it by a login. Throws
 * `SWITCH_UNFINISHED` where the proof fails, and `DATABASE_BUSY`.
 */
export async function changePassword(
  change: Change,
  isAccepted: () => Promise<boolean>,
): Promise<void> {
  const statement = await statementOf(change);
  const { session, role } = change;
  let isChanged = false;
  try {
    await lockedTransaction(session, { role }, async () => {
      if (await isAccepted()) return;
      await session.query(statement);
      isChanged = true;
      change.changing?.();
    });
  } catch (error) {
    // The answer to the COMMIT may be what was lost: then a login tells.
    if (isChanged && (await isAccepted())) return;
    throw error;
  }
  if (!isChanged) return;
  // The published password does not work by now: nothing waits for anything that it need not.
  const [isProven] = await Promise.all([isAccepted(), session.close()]);
  if (!isProven) throw unproven(role);
}

/** A password cannot be a parameter of this statement. */
async function statementOf({ role, verifier }: Change): Promise<string> {
  const { default: pg } = await import('pg');
  return `ALTER ROLE ${pg.escapeIdentifier(role)} PASSWORD ${pg.escapeLiteral(verifier)}`;
}

const unproven = (role: string) =>
  new RotationError(
    'SWITCH_UNFINISHED',
    `PostgreSQL took a new password for the role ${role} but refuses a login with it: somebody else changed ` +
      'it at that moment, the role has expired, or its password is kept elsewhere (LDAP, PAM). It is ' +
      'tried again by itself; if it keeps failing, look at the role and at pg_hba.conf.',
  );
