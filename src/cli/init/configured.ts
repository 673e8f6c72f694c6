import rotation from '../../../rotation.config.ts';
import { systemClock } from '../../handlers/system-clock.ts';
import { RotationError } from '../../rotation/errors.ts';
import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import { readConfiguration, type defineRotation } from '../../rotators/configuration.ts';
import type { Systems } from '../../rotators/kind.ts';
import { Failure } from '../failure.ts';

export type Configure = ReturnType<typeof defineRotation>;

/** `rotation.config.ts` of this folder. */
export const ownRotation: Configure = rotation;

/**
 * How rotation.config.ts rotates a secret of this name where all of the Reminder App's is rotated:
 * the application needs its keys, whatever this environment rotates. What DbRotator or
 * RotateTwilioApiKey would change stays as it is by default. Throws a Failure.
 */
export function planFor(configure: Configure, secretName: string): Plan {
  const variables = {
    KEYTURN_SECRET: secretName,
    KEYTURN_DB_ADMIN_SECRET: 'any',
    KEYTURN_DB_INSTANCE: 'any',
    KEYTURN_DB_USERS: 'one,other',
    KEYTURN_ROTATE_TWILIO: 'true',
  };
  try {
    return readConfiguration(configure(variables), unasked).planFor(secretName);
  } catch (error) {
    if (error instanceof RotationError) throw new Failure(error.code, error.message);
    throw error;
  }
}

/** Keys that must be in the secret for a rotator, those it reads before those it changes. */
export const requiredBy = ({ reads, changes, optional }: Rotator): readonly string[] =>
  [...reads, ...changes].filter((key) => !optional.includes(key));

/** Rotators that have something to rotate where these keys are left out. */
export const rotatorsWithout = ({ rotators }: Plan, without: readonly string[]) =>
  rotators.filter((rotator) => !requiredBy(rotator).some((key) => without.includes(key)));

const refuse = async (): Promise<never> => {
  throw new Failure('UNEXPECTED', 'No system is asked before the secret exists.');
};

/** A secret that is being made is not tried on the systems: the deployment does that. */
const unasked: Systems = {
  clock: systemClock,
  openRds: refuse,
  openTwilioAccount: refuse,
  openTwilioKeys: refuse,
  postgres: { logIn: refuse, open: refuse },
  mysql: { logIn: refuse, open: refuse },
  readSecret: refuse,
};
