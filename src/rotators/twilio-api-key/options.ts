import * as v from 'valibot';
import { duration } from '../duration.ts';

const keyName = v.pipe(v.string(), v.nonEmpty());

/** What the usual probe asks for. */
const readMessages = '/twilio/messaging/messages/read';

export const options = v.pipe(
  v.strictObject({
    /** The key that holds the SID of the API key. It changes along with the secret. */
    sidKey: v.optional(keyName, 'TWILIO_API_KEY_SID'),
    /** The key that names the account or subaccount the API key belongs to. */
    accountSidKey: v.optional(keyName, 'TWILIO_ACCOUNT_SID'),
    /** The key that holds an auth token of that account: API keys are made and deleted with it. */
    authTokenKey: v.optional(keyName, 'TWILIO_AUTH_TOKEN'),
    /** How long the superseded API key lives on. */
    grace: v.optional(duration, '24h'),
    keyType: v.optional(v.picklist(['standard', 'restricted']), 'standard'),
    /** What a restricted key may do, as Twilio names its permissions. */
    policy: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^\/twilio\/\S+$/, 'must begin with /twilio/'))),
        v.nonEmpty('must hold a permission'),
      ),
    ),
    /** What the key must be able to read to count as accepted. The key's secret is sent there. */
    probeUrl: v.optional(v.pipe(v.string(), v.check(isTwilios, 'must be an address of Twilio’s'))),
  }),
  v.check(
    ({ keyType, policy }) => (keyType === 'restricted') === (policy !== undefined),
    'must have a policy for restricted keys, and for no others',
  ),
  v.check(
    ({ policy, probeUrl }) =>
      policy === undefined || probeUrl !== undefined || policy.includes(readMessages),
    `must name a probeUrl, since the policy does not hold ${readMessages}`,
  ),
);

export type Options = v.InferOutput<typeof options>;

/** An address of a host of Twilio's, with `{AccountSid}` where the account goes. */
function isTwilios(text: string): boolean {
  const url = URL.parse(text.replaceAll('{AccountSid}', 'AC'));
  return (
    url?.protocol === 'https:' &&
    /^([\w-]+\.)+twilio\.com$/.test(url.host) &&
    !url.username &&
    !url.password
  );
}
