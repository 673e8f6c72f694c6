import { buildTwilio } from '../support/twilio-system.ts';
import { describeContract } from '../support/rotator-contract.ts';

describeContract('twilio-auth-token', {
  single: false,
  build: () => buildTwilio(),
  sick: {
    'an account SID that is none': async ({ current }) => ({
      ...current,
      TWILIO_ACCOUNT_SID: 'SK0123456789abcdef0123456789abcdef',
    }),
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
  ambiguity: async ({ current }, made) => ({ victim: current, keep: made, newer: 'victim' }),
});
