import { randomKey } from './random-key.ts';
import { rdsMasterPassword } from './rds-master-password/rds-master-password.ts';
import { twilioAuthToken } from './twilio-auth-token/twilio-auth-token.ts';

/** Every kind of rotator there is. A new one is one more line here. */
export const rotatorKinds = [randomKey, rdsMasterPassword, twilioAuthToken] as const;
