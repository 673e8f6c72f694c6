import rotation from '../../../rotation.config.ts';
import { systemClock } from '../../handlers/system-clock.ts';
import { RotationError } from '../../rotation/errors.ts';
import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import {
  readConfiguration,
  type Configuration,
  type defineRotation,
} from '../../rotators/configuration.ts';
import type { Systems } from '../../rotators/kind.ts';
import { Failure } from '../failure.ts';

export type Configure = ReturnType<typeof defineRotation>;

/** `rotation.config.ts` of this folder. */
export const ownRotation: Configure = rotation;

/** A configuration as the functions call it, whatever it answers. */
export type AnyConfigure = (env: Readonly<Record<string, string | undefined>>) => unknown;

/**
 * How a configuration rotates a secret of this name where all of the Reminder App's is rotated: the
 * application needs its keys, whatever this environment rotates. `answered`: variables that are known
 * already. Throws a Failure.
 */
export function planFor(
  configure: AnyConfigure,
  secretName: string,
  answered: Readonly<Record<string, string | undefined>> = {},
): Plan {
  const { KEYTURN_DB_ROTATOR: rotator = master, KEYTURN_DB_CLUSTER: cluster } = answered;
  // Another rotator may find its database by the secret.
  const isPlaced = rotator !== master || cluster !== undefined;
  const variables = {
    KEYTURN_SECRET: secretName,
    KEYTURN_DB_ADMIN_SECRET: 'any',
    ...(!isPlaced && { KEYTURN_DB_INSTANCE: 'any' }),
    KEYTURN_DB_USERS: 'one,other',
    ...answered,
    KEYTURN_ROTATE_TWILIO: 'true',
  };
  try {
    return readUnasked(configure(variables)).planFor(secretName);
  } catch (error) {
    if (error instanceof RotationError) throw new Failure(error.code, error.message);
    throw error;
  }
}

const master = 'rds-master-password';

/** A configuration whose rotators ask no system. Throws a `RotationError`. */
export const readUnasked = (entries: unknown): Configuration => readConfiguration(entries, unasked);

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
