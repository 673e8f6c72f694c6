import { expect } from 'vitest';
import { systemClock } from '../../src/handlers/system-clock.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { readConfiguration } from '../../src/rotators/configuration.ts';
import type { Systems } from '../../src/rotators/kind.ts';

const unused = async (): Promise<never> => expect.unreachable('no system is reached for');
const systems: Systems = {
  clock: systemClock,
  openRds: unused,
  openTwilioAccount: unused,
  openTwilioKeys: unused,
  postgres: { logIn: unused, open: unused },
  mysql: { logIn: unused, open: unused },
  readSecret: unused,
};

/** The configuration as the function reads it, with systems that nobody may reach for. */
export const read = (entries: unknown) => readConfiguration(entries, systems);

/** What an entry may say of a key, kind by kind. */
export const key = { rotator: 'random-key' };
export const twilio = { rotator: 'twilio-auth-token' };
export const database = { rotator: 'rds-master-password', instance: 'reminders' };

export const role = { rotator: 'postgres-password', host: 'db.internal', user: 'app_a' };
export const pair = {
  rotator: 'postgres-alternating',
  host: 'db.internal',
  users: ['app_a', 'app_b'],
  adminSecret: 'shop/admin',
};
export const user = { rotator: 'mysql-password', host: 'db.internal', user: 'app' };
export const ofSecret = (at: object) => ({
  rotator: 'postgres-password',
  hostKey: 'DB_HOST',
  ...at,
});
export const ofInstance = (at: object) => ({
  rotator: 'postgres-password',
  instance: 'shop',
  ...at,
});

export const apiKey = { rotator: 'twilio-api-key' };

/** An entry that is in order, but for what is changed of it. */
export const entry = (more: object = {}) => ({
  secret: 'app/production',
  keys: { SECRET_KEY: key },
  ...more,
});

/** The error that a configuration is refused with; fails where it is accepted. */
export function refusal(run: () => unknown): RotationError {
  try {
    run();
  } catch (error) {
    if (error instanceof RotationError) return error;
    throw error;
  }
  return expect.unreachable('it was accepted');
}
