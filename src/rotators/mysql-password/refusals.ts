import { RotationError } from '../../rotation/errors.ts';
import { StatementRefused } from '../database/server.ts';
import { nameOf, type Standing } from './account.ts';

/** Why the server refused a statement, in words; anything else as it is. */
export function explained(error: unknown, { product, account }: Standing): unknown {
  if (!(error instanceof StatementRefused)) return error;
  const name = nameOf(account);
  switch (error.code) {
    case '1044':
    case '1142':
    case '1227':
    case '1396':
      return new RotationError(
        'PRIVILEGE_MISSING',
        `The server did not let the account ${name} be changed (error ${error.code}). Grant CREATE USER to the ` +
          'administrator, or, for an account of MySQL that changes its own password, APPLICATION_PASSWORD_ADMIN.',
      );
    case '1205':
    case '1213':
    case '1969':
      return new RotationError(
        'DATABASE_BUSY',
        `The server was too busy with its accounts to change ${name} (error ${error.code}). It is tried again by ` +
          'itself.',
      );
    case '1290':
    case '1836':
      return new RotationError(
        'SETUP_UNSUITABLE',
        `The server runs with an option, such as read_only, under which ${name} cannot be changed ` +
          `(error ${error.code}). Set the option to OFF, or name the server that is written to.`,
      );
    case '1819':
      return new RotationError(
        'STATEMENT_REFUSED',
        `The password policy of the server refuses a password for ${name} (error 1819). New ones have capital ` +
          'and small letters, digits, and - or _: raise length, or mend the policy. Where it is the one in ' +
          'use that is too simple, put a stronger one into the server and the secret by hand first.',
      );
    case '3638':
    case '3891':
    case '3892':
      return new RotationError(
        'SETUP_UNSUITABLE',
        `The password policy of the account ${name} forbids the change (error ${error.code}). Let its ` +
          `administrator run ALTER USER ${name} PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY PASSWORD ` +
          'REQUIRE CURRENT OPTIONAL.',
      );
    default:
      return new RotationError(
        'STATEMENT_REFUSED',
        `${product} refused a statement on the account ${name} (error ${error.code}). Look the number up in its ` +
          'error reference, mend the cause, and rotate again.',
      );
  }
}
