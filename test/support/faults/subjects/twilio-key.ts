import type { Seeding } from './seeding.ts';
import { acceptedOf, textIn, type Subject, type Values } from './subject.ts';

/** An API key of an account of Twilio's, which somebody made in the console. */
export async function twilioKey({ twilio }: Seeding, account: Subject): Promise<Subject> {
  const accountSid = textIn(account.seed, 'TWILIO_ACCOUNT_SID');
  const { sid, secret } = twilio.addKey(accountSid, { type: 'standard', friendlyName: 'by hand' });
  const url = `http://twilio.test/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=1`;
  const accepts = async (values: Values): Promise<boolean> => {
    const key = [textIn(values, 'TWILIO_API_KEY_SID'), textIn(values, 'TWILIO_API_KEY_SECRET')];
    const authorization = `Basic ${Buffer.from(key.join(':')).toString('base64')}`;
    const { ok } = await twilio.fetch(new Request(url, { headers: { authorization } }));
    return ok;
  };
  const sids = () => twilio.keysOf(accountSid).map((key) => key.sid);

  return {
    seed: { TWILIO_API_KEY_SID: sid, TWILIO_API_KEY_SECRET: secret },
    keys: { TWILIO_API_KEY_SECRET: { rotator: 'twilio-api-key', grace: '1h' } },
    title: 'the Twilio API key',
    longestGapMs: 0,
    accepts,
    async leftovers(published, { edited }) {
      // By an edit and a further rotation within one grace, a key that no rotation named is forgotten.
      const known = edited
        ? [published['TWILIO_API_KEY_SID'], sid]
        : [published['TWILIO_API_KEY_SID']];
      const left = sids().filter((each) => !known.includes(each));
      return left.length > 0 ? ['an API key is left at Twilio that is not published'] : [];
    },
    state: async (known) => [sids(), await acceptedOf(accepts, known)],
    remove: async () => undefined,
  };
}
