import { RotationError } from './errors.ts';

/** A new credential was refused by the real system, so it cannot be published. */
export const pendingRejected = (key: string) =>
  new RotationError(
    'PENDING_REJECTED',
    `The system behind ${key} refused the new credential, so it is not published. It is taken back; ` +
      'rotate again, and if this comes again look at who else changes that credential.',
    { key },
  );

/** The published credential is dead, and nothing Keyturn knows would bring it back. */
export const currentRejected = (key: string) =>
  new RotationError(
    'CURRENT_REJECTED',
    `The system behind ${key} refuses the credential under AWSCURRENT: it was changed outside of ` +
      'Secrets Manager. `keyturn repair` sets it again, or asks for the one that works.',
    { key },
  );
