import { defineRotation, type KeyConfiguration } from './src/rotators/configuration.ts';

/**
 * Which key of which secret is rotated how, as a function of the environment that template.yaml
 * declares. Keys that are not named here are carried over byte for byte.
 */
export default defineRotation((env) => [
  {
    secret: env.KEYTURN_SECRET ?? 'reminder-app/production',
    keys: {
      SECRET_KEY: { rotator: 'random-key', fallbacksKey: 'SECRET_KEY_FALLBACKS', fallbacks: 2 },

      // The database's password, where the stack was told what it is the password of.
      ...(namesDatabase(env) && { DB_PASSWORD: databasePassword(env) }),

      // A Twilio account's token belongs to one rotating secret only: on in one environment.
      ...(env.KEYTURN_ROTATE_TWILIO === 'true' && {
        TWILIO_AUTH_TOKEN: {
          rotator: 'twilio-auth-token',
          accountSidKey: 'TWILIO_ACCOUNT_SID',
          grace: env.KEYTURN_TWILIO_GRACE ?? '1h',
        },
      }),

      // An API key of the same account, made and ended by the token above.
      ...(env.KEYTURN_ROTATE_TWILIO_API_KEY === 'true' && {
        TWILIO_API_KEY_SECRET: {
          rotator: 'twilio-api-key',
          sidKey: 'TWILIO_API_KEY_SID',
          accountSidKey: 'TWILIO_ACCOUNT_SID',
          authTokenKey: 'TWILIO_AUTH_TOKEN',
          grace: env.KEYTURN_TWILIO_GRACE ?? '1h',
        },
      }),
    },
  },
]);

type Variables = Readonly<Record<string, string | undefined>>;

const isMaster = ({ KEYTURN_DB_ROTATOR: rotator }: Variables) =>
  rotator === undefined || rotator === 'rds-master-password';

const namesDatabase = (env: Variables) =>
  !isMaster(env) || Boolean(env.KEYTURN_DB_INSTANCE || env.KEYTURN_DB_CLUSTER);

/** By default RDS's master password; otherwise that of a user, or of two in turn. */
function databasePassword(env: Variables): KeyConfiguration {
  const grace = env.KEYTURN_DB_GRACE ?? '12h';
  switch (env.KEYTURN_DB_ROTATOR ?? 'rds-master-password') {
    case 'postgres-password':
      return { rotator: 'postgres-password', ...databaseOf(env), ...userOf(env) };
    case 'postgres-alternating':
      return {
        rotator: 'postgres-alternating',
        ...databaseOf(env),
        users: (env.KEYTURN_DB_USERS ?? '').split(','),
        adminSecret: env.KEYTURN_DB_ADMIN_SECRET ?? '',
        grace,
      };
    case 'mysql-password':
      return {
        rotator: 'mysql-password',
        ...databaseOf(env),
        ...userOf(env),
        ...(env.KEYTURN_DB_PASSWORDS === 'one' ? { passwords: 'one' } : { grace }),
      };
    default:
      return {
        rotator: 'rds-master-password',
        instance: env.KEYTURN_DB_INSTANCE,
        cluster: env.KEYTURN_DB_CLUSTER,
        database: env.KEYTURN_DB_NAME,
        // Where the secret names a user, nobody but the master may be meant.
        usernameKey: 'DB_USER',
        tls: tlsOf(env),
        verify: env.KEYTURN_DB_VERIFY === 'describe' ? 'describe' : 'login',
      };
  }
}

/** Where a user's database is: RDS says, or the variable, or the secret's own key. */
function databaseOf(env: Variables) {
  const { KEYTURN_DB_INSTANCE: instance, KEYTURN_DB_CLUSTER: cluster, KEYTURN_DB_HOST: host } = env;
  return {
    instance,
    cluster,
    host,
    hostKey: instance || cluster || host ? undefined : 'DB_HOST',
    port: env.KEYTURN_DB_PORT ? Number(env.KEYTURN_DB_PORT) : undefined,
    database: env.KEYTURN_DB_NAME,
    tls: tlsOf(env),
    adminSecret: env.KEYTURN_DB_ADMIN_SECRET,
  };
}

const tlsOf = (env: Variables): 'off' | 'verify' =>
  env.KEYTURN_DB_TLS === 'off' ? 'off' : 'verify';

const userOf = ({ KEYTURN_DB_USER: user }: Variables) => (user ? { user } : { userKey: 'DB_USER' });
