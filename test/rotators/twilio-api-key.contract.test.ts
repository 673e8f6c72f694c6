import { randomBytes } from 'node:crypto';
import { describeContract } from '../support/rotator-contract.ts';
import { buildTwilioKeys } from '../support/twilio-key-system.ts';

describeContract('twilio-api-key', {
  single: false,
  build: () => buildTwilioKeys(),
  sick: {
    'an account SID that is none': async ({ current }) => ({
      ...current,
      TWILIO_ACCOUNT_SID: 'SK0123456789abcdef0123456789abcdef',
    }),
    'the SID of a key that is none': async ({ current, sid }) => ({
      ...current,
      TWILIO_API_KEY_SID: sid,
    }),
    'an auth token that makes no keys': async ({ current }) => ({
      ...current,
      TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
    }),
    'a main key': async ({ twilio, sid, credential }) =>
      credential(twilio.addKey(sid, { type: 'main' })),
    'a key of the account above': async ({ twilio, sid, credential }) => {
      const child = twilio.addAccount({ ownerSid: sid });
      return {
        ...credential(twilio.addKey(sid, { type: 'standard' })),
        TWILIO_ACCOUNT_SID: child.sid,
        TWILIO_AUTH_TOKEN: child.authToken,
      };
    },
    'a suspended account': async ({ twilio, sid }) => {
      twilio.setStatus(sid, 'suspended');
      return undefined;
    },
    'a closed account': async ({ twilio, sid }) => {
      twilio.setStatus(sid, 'closed');
      return undefined;
    },
    'a rate limit': async ({ twilio }) => {
      twilio.behaviour.fault = () => 'rate-limited';
      return undefined;
    },
  },
  notApplicable: {
    'ambiguous revocation': 'a key is ended by its SID, so there is no doubt which',
  },
});
