import type { Parameters } from '../template/deployed-stack.ts';
import type { Ground, SetUp } from './strategy.ts';

/** Nothing is made: the account is there, and the database's password is left alone. */
export const withoutDatabase =
  (parameters: Parameters) =>
  async ({ usualPlace }: Ground): Promise<SetUp> => ({
    database: usualPlace,
    parameters: { DbInstance: '', ...parameters },
    keys: {},
  });

/** A first API key, as the console would have made it. */
export async function apiKey({ usualPlace, twilio, accountSid }: Ground): Promise<SetUp> {
  const { sid, secret } = twilio.addKey(accountSid, { type: 'standard' });
  return {
    database: usualPlace,
    parameters: { DbInstance: '', RotateTwilio: 'false', RotateTwilioApiKey: 'true' },
    keys: { TWILIO_API_KEY_SID: sid, TWILIO_API_KEY_SECRET: secret },
  };
}
