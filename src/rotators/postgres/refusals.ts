import { RotationError } from '../../rotation/errors.ts';
import { StatementRefused } from '../database/server.ts';

/** Whose password was to be changed, and by which administrator if by one. */
interface Parties {
  readonly role: string;
  readonly admin: string | undefined;
}

/** What to do about a statement that the server refused; any other error as it is. */
export const explained = (error: unknown, parties: Parties): unknown =>
  error instanceof StatementRefused ? refusal(error.code, parties) : error;

/** Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function refusal(code: string, parties: Parties): RotationError {
  const { role } = parties;
  if (code === '42501') return missing(parties);
  if (code === '42704') return noSuchRole(role);
  if (code === '25006') {
    return new RotationError(
      'SETUP_UNSUITABLE',
      `The server that the role ${role} is rotated on takes no changes (${code}): it is a standby or a reader. ` +
        'Name the endpoint of the writer instead.',
    );
  }
  if (passing.test(code)) {
    return new RotationError(
      'DATABASE_BUSY',
      `PostgreSQL could not change the role ${role} just now (${code}): something else changes it, or the server ` +
        'lacks resources or time. It is tried again by itself.',
    );
  }
  return new RotationError(
    'STATEMENT_REFUSED',
    `PostgreSQL refuses to change the password of the role ${role} (${code}). Look the code up among ` +
      "PostgreSQL's error codes, and at extensions that judge passwords (passwordcheck, credcheck): they " +
      'must allow encrypted ones.',
  );
}

/** Lock not available, cancelled, conflicts, lack of resources; XX000 is "tuple concurrently updated". */
const passing = /^(40...|53...|55P03|57014|XX000)$/;

export const noSuchRole = (role: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `There is no role ${role} on this server. Correct its name in the secret or rotation.config.ts; capitals ` +
      'count there.',
  );

/** Only the attributes decide that: no privilege of an administrator's makes up for it. */
export const outOfReach = (role: string) =>
  new RotationError(
    'PRIVILEGE_MISSING',
    `The role ${role} is a superuser (or, before PostgreSQL 16, has REPLICATION or BYPASSRLS), and only a superuser ` +
      'may change its password. An application needs none of these: take them from the role (ALTER ROLE … ' +
      'NOSUPERUSER NOREPLICATION NOBYPASSRLS), or name a superuser in adminSecret; then rotate again.',
  );

function missing({ role, admin }: Parties): RotationError {
  const restricted =
    'Where RDS restricts password commands (rds.restrict_password_commands), also grant it rds_password.';
  return new RotationError(
    'PRIVILEGE_MISSING',
    admin === undefined
      ? `The role ${role} may not change its own password. ${restricted} Or name an administrator who may ` +
          '(adminSecret).'
      : `The administrator ${admin} may not change the password of the role ${role}. Grant CREATEROLE; from ` +
          `PostgreSQL 16 on also: GRANT ${quoted(role)} TO ${quoted(admin)} WITH ADMIN OPTION. A superuser's password may be changed by superusers ` +
          `only. ${restricted}`,
  );
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
