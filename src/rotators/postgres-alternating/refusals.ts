import { RotationError } from '../../rotation/errors.ts';
import { explained } from '../postgres/refusals.ts';

interface Change {
  readonly role: string;
  /** The administrator who makes it. */
  readonly admin: string;
}

/** Runs statements that change a role; what the server refuses is told with a next step. */
export async function explaining<R>(change: Change, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, change);
  }
}

export const drifted = (user: string) =>
  new RotationError(
    'CURRENT_REJECTED',
    `The database refuses the password under AWSCURRENT of the role ${user}: it was changed outside of ` +
      'Secrets Manager, or the role may not log in. Put a user and a password that work into the secret, ' +
      'then rotate again.',
  );

/** The role that a rotation was to change is in use by now. */
export const inUse = (role: string) =>
  new RotationError(
    'CURRENT_CHANGED',
    `The new password is for the role ${role}, which AWSCURRENT names as well: the secret was changed while it ` +
      'rotated. Nothing was set, and the rotation is taken back; rotate again.',
  );

export const refused = (role: string) =>
  new RotationError(
    'PENDING_REJECTED',
    `The database refuses the new password of the role ${role} right after it was set, so it is not published. ` +
      'Look whether the role has expired (VALID UNTIL), and what else changes it; then rotate again.',
  );

export const keepRejected = (role: string) =>
  new RotationError(
    'KEEP_REJECTED',
    `The database refuses the password of the role ${role} that is to stay, so the other one is left alone: it ` +
      'may be the last that works. Put the user and the password that work into the secret, then rotate again.',
  );

export const stillAccepted = (role: string) =>
  new RotationError(
    'CANNOT_TELL',
    `The role ${role} still logs in after its login was taken away. It is tried again by itself; if it stays ` +
      'so, look at what else changes that role.',
  );

export const isAdministrator = (role: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The role ${role} is the administrator's own, which changes the two that take turns. Name another ` +
      'administrator in adminSecret, or other roles in users, in rotation.config.ts.',
  );

export const notOurs = (role: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The new password is for the role ${role}, which is not among users in rotation.config.ts. Correct them ` +
      'and deploy, then rotate again.',
  );
