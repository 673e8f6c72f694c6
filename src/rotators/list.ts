import { mysqlPassword } from './mysql-password/mysql-password.ts';
import { postgresPassword } from './postgres-password/postgres-password.ts';
import { postgresAlternating } from './postgres-alternating/postgres-alternating.ts';
import { randomKey } from './random-key.ts';
import { rdsMasterPassword } from './rds-master-password/rds-master-password.ts';
import { twilioApiKey } from './twilio-api-key/twilio-api-key.ts';
import { twilioAuthToken } from './twilio-auth-token/twilio-auth-token.ts';

/** Every kind of rotator there is. A new one is one more line here. */
export const rotatorKinds = [
  postgresPassword,
  randomKey,
  rdsMasterPassword,
  twilioAuthToken,
  twilioApiKey,
  postgresAlternating,
  mysqlPassword,
] as const;
