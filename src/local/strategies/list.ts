import { onMysql } from './on-mysql.ts';
import { alternating, onPostgres } from './on-postgres.ts';
import { apiKey, withoutDatabase } from './on-twilio.ts';
import type { Strategy } from './strategy.ts';

const noTwilio = { RotateTwilio: 'false' };

/** One key of each kind, which is what the stack rotates where no strategy is named. */
export const everyKey: Strategy = {
  name: 'every key',
  title: 'one key of each kind',
  keys: ['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN'],
  grace: 'TwilioGrace',
  uses: ['sessions', 'logins', 'token calls', 'webhooks'],
  setUp: async ({ usualPlace }) => ({ database: usualPlace, parameters: {}, keys: {} }),
};

const ofDatabase = { keys: ['SECRET_KEY', 'DB_PASSWORD'], uses: ['logins'] } as const;

/** Each way to rotate there is, on a database or account of its own. SECRET_KEY goes along. */
export const strategies: readonly Strategy[] = [
  {
    name: 'random-key',
    title: 'a key of the application itself, with the earlier ones beside it',
    keys: ['SECRET_KEY'],
    uses: ['sessions'],
    setUp: withoutDatabase(noTwilio),
  },
  {
    name: 'twilio-auth-token',
    title: 'the secondary token of a Twilio account, promoted later',
    keys: ['SECRET_KEY', 'TWILIO_AUTH_TOKEN'],
    uses: ['token calls', 'webhooks'],
    grace: 'TwilioGrace',
    setUp: withoutDatabase({}),
  },
  {
    name: 'twilio-api-key',
    title: 'a new API key of a Twilio account, the old one deleted later',
    keys: ['SECRET_KEY', 'TWILIO_API_KEY_SECRET'],
    uses: ['key calls'],
    grace: 'TwilioGrace',
    setUp: apiKey,
  },
  {
    ...ofDatabase,
    name: 'rds-master-password',
    title: 'the master password of an RDS instance, switched by RDS',
    setUp: async ({ usualPlace }) => ({ database: usualPlace, parameters: noTwilio, keys: {} }),
  },
  {
    ...ofDatabase,
    name: 'postgres-password',
    title: 'one user of PostgreSQL, switched in place',
    setUp: onPostgres,
  },
  {
    ...ofDatabase,
    name: 'postgres-alternating',
    title: 'two users of PostgreSQL in turn',
    grace: 'DbGrace',
    setUp: alternating,
  },
  {
    ...ofDatabase,
    name: 'mysql-password',
    title: 'one user of MySQL with two passwords',
    grace: 'DbGrace',
    server: 'mysql',
    setUp: onMysql('mysql', 'two'),
  },
  {
    ...ofDatabase,
    name: 'mysql-password-in-place',
    title: 'one user of MySQL, switched in place',
    server: 'mysql',
    setUp: onMysql('mysql', 'one'),
  },
  {
    ...ofDatabase,
    name: 'mariadb-password',
    title: 'one user of MariaDB with two passwords',
    grace: 'DbGrace',
    server: 'mariadb',
    setUp: onMysql('mariadb', 'two'),
  },
  {
    ...ofDatabase,
    name: 'mariadb-password-in-place',
    title: 'one user of MariaDB, switched in place',
    server: 'mariadb',
    setUp: onMysql('mariadb', 'one'),
  },
];
