import { defineRotation } from './src/rotators/configuration.ts';

/**
 * Which key of which secret is rotated how, as a function of the environment that template.yaml
 * declares. Keys that are not named here are carried over byte for byte.
 */
export default defineRotation((env) => [
  {
    secret: env.KEYTURN_SECRET ?? 'reminder-app/production',
    keys: {
      SECRET_KEY: { rotator: 'random-key', fallbacksKey: 'SECRET_KEY_FALLBACKS', fallbacks: 2 },

      // The database's password, where the stack was given a database to rotate it on.
      ...((env.KEYTURN_DB_INSTANCE || env.KEYTURN_DB_CLUSTER) && {
        DB_PASSWORD: {
          rotator: 'rds-master-password',
          instance: env.KEYTURN_DB_INSTANCE,
          cluster: env.KEYTURN_DB_CLUSTER,
          tls: env.KEYTURN_DB_TLS === 'off' ? 'off' : 'verify',
          verify: env.KEYTURN_DB_VERIFY === 'describe' ? 'describe' : 'login',
        },
      }),

      // A Twilio account's token belongs to one rotating secret only: on in one environment.
      ...(env.KEYTURN_ROTATE_TWILIO === 'true' && {
        TWILIO_AUTH_TOKEN: {
          rotator: 'twilio-auth-token',
          accountSidKey: 'TWILIO_ACCOUNT_SID',
          grace: env.KEYTURN_TWILIO_GRACE ?? '1h',
        },
      }),
    },
  },
]);
