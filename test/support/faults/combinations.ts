import configure from '../../../rotation.config.ts';
import { defineRotation } from '../../../src/rotators/configuration.ts';

export const secretName = 'reminder-app/production';
export const dbInstance = 'reminder-app-production';

const only = (keys: ReturnType<ReturnType<typeof defineRotation>>[number]['keys']) =>
  defineRotation(() => [{ secret: secretName, keys }]);

/** Which rotators are configured together; the last is the configuration the project ships. */
const combinations = {
  'random-key': only({ SECRET_KEY: { rotator: 'random-key' } }),
  'twilio-auth-token': only({ TWILIO_AUTH_TOKEN: { rotator: 'twilio-auth-token' } }),
  'rds-master-password': only({
    DB_PASSWORD: { rotator: 'rds-master-password', instance: dbInstance, tls: 'off' },
  }),
  all: configure,
};

export type Combination = keyof typeof combinations;

export const combinationNames: readonly Combination[] = [
  'random-key',
  'twilio-auth-token',
  'rds-master-password',
  'all',
];

/** The entries of a configuration, as its environment makes them. */
export const entriesOf = (combination: Combination) =>
  combinations[combination]({
    KEYTURN_SECRET: secretName,
    KEYTURN_DB_INSTANCE: dbInstance,
    KEYTURN_DB_TLS: 'off',
    KEYTURN_ROTATE_TWILIO: 'true',
  });
