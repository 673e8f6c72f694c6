import type { Seeding } from './seeding.ts';
import { textIn, type Subject } from './subject.ts';

/** An account of Twilio's with its tokens. */
export async function twilioToken({ twilio }: Seeding): Promise<Subject> {
  const { sid, authToken } = twilio.addAccount();
  const working = (): readonly string[] => {
    const secondary = twilio.secondaryOf(sid);
    return [twilio.primaryOf(sid), ...(secondary === undefined ? [] : [secondary])];
  };
  return {
    seed: { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: authToken },
    keys: { TWILIO_AUTH_TOKEN: { rotator: 'twilio-auth-token' } },
    title: 'the Twilio token',
    longestGapMs: 0,
    accepts: async (values) => working().includes(textIn(values, 'TWILIO_AUTH_TOKEN')),
    leftovers: async (published) =>
      working().some((token) => token !== published['TWILIO_AUTH_TOKEN'])
        ? ['a token works at Twilio that is not published']
        : [],
    state: async () => working(),
    remove: async () => undefined,
  };
}
