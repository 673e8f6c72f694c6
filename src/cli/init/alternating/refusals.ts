import { quoteName } from '../../../rotators/postgres-alternating/quote.ts';
import { Failure, Interrupted, UsageError } from '../../failure.ts';
import type { AlternatingOptions } from './options.ts';

/** The roles are made, and the secret does not name them. */
export function notStored(error: unknown, user: string): unknown {
  if (!(error instanceof Failure) || error instanceof Interrupted) return error;
  return new Failure(
    error.code,
    `${error.message} The roles are there, and ${user} has a password that is stored nowhere. Mend what is named ` +
      'and run the same command again: it gives that role a new one, and stores it.',
  );
}

export const notAsked = () =>
  new UsageError('There is no terminal to ask on. Add --yes to set the roles up without that.');

export const declined = () => new Failure('DECLINED', 'Nothing was changed.');

export const interrupted = () =>
  new Interrupted(
    'INTERRUPTED_UNKNOWN',
    'Interrupted. The roles may be there by now, and the secret may not name them yet. Run the same command ' +
      'again: it goes on from there.',
  );

export const rotated = (secret: string) =>
  new Failure(
    'ROTATION_ENABLED',
    `${secret} is being rotated on a schedule, by a function that may not know of the two roles yet. Nothing was ` +
      `changed. Switch that off (aws secretsmanager cancel-rotate-secret --secret-id ${secret}), run the same ` +
      'command again, deploy with the parameters that it prints at its end, then rotate, which switches it on again.',
  );

/** The credential is published all the same. */
export const notUnmarked = (statement: string) =>
  'The note on the first role, that its password is not stored yet, could not be taken off. The password is ' +
  `stored. Have the administrator run: ${statement};\n`;

export const powerful = (owner: string) =>
  new Failure(
    'SETUP_UNSUITABLE',
    `The role ${owner} is a superuser or may make roles, and an application would act as it. Nothing was changed. ` +
      `Name another role with --owner, or run ALTER ROLE ${quoteName(owner)} NOSUPERUSER NOCREATEROLE; first.`,
  );

export const adminRejected = (user: string, { host, port }: AlternatingOptions) =>
  new Failure(
    'ADMIN_REJECTED',
    `The database at ${host}:${port} refuses the administrator ${user}. Nothing was changed. Correct the name or ` +
      'the password, and run the same command again.',
  );

export const drifted = (secret: string, user: string, users: readonly string[]) =>
  new Failure(
    'CURRENT_REJECTED',
    `The secret ${secret} names ${user}, and the database refuses its password. Nothing was changed. Put the ` +
      'password that works into the secret; or, where nobody uses the two roles, take both keys out of it and ' +
      `run ${users.map((role) => `DROP ROLE IF EXISTS ${quoteName(role)};`).join(' ')} Then run the same command again.`,
  );

export const refused = (user: string) =>
  new Failure(
    'PENDING_REJECTED',
    `The database refuses the password that ${user} was given just now, so the secret is left as it was. Look ` +
      'at what else changes that role, and run the same command again.',
  );
