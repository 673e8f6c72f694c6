import { answered, missingOrRejected, wrongCredentials, type Refusal } from '../twilio/answered.ts';
import { readResource } from '../twilio/read-resource.ts';
import { transport, type Transport, type TwilioSettings } from '../twilio/transport.ts';
import type { Made, OpenTwilioAccount, Reading, TwilioAccount } from './account.ts';

/** https://www.twilio.com/docs/api/errors. */
const secondaryExists = 70_002;

/**
 * The account through the resources of Twilio's SDK, loaded on first use. Every request carries
 * the signal. No foreign error leaves this file.
 */
export const twilioAccounts =
  ({ baseUrl, timeoutMs = 10_000 }: TwilioSettings): OpenTwilioAccount =>
  async ({ accountSid, signal }): Promise<TwilioAccount> => {
    // The whole client takes a hundred milliseconds to load; this part of it, ten.
    const { default: AccountsBase } = await import('twilio/lib/rest/AccountsBase.js');
    const api = `${baseUrl ?? 'https://api.twilio.com'}/2010-04-01`;

    const as = (token: string) =>
      transport({ username: accountSid, password: token, signal, timeoutMs });
    function tokens(token: string) {
      const domain = new AccountsBase(as(token));
      if (baseUrl) domain.baseUrl = baseUrl;
      return domain.v1;
    }

    return {
      read: (token) =>
        answered(() => read(as(token), `${api}/Accounts/${accountSid}.json`), toReading),
      createSecondary: (token) =>
        answered(async (): Promise<Made> => {
          const made = await tokens(token).secondaryAuthToken().create();
          return { token: made.secondaryAuthToken };
        }, whyNotMade),
      deleteSecondary: (token) =>
        answered(async (): Promise<'deleted' | 'missing' | 'rejected'> => {
          await tokens(token).secondaryAuthToken().remove();
          return 'deleted';
        }, missingOrRejected),
      promote: (token) =>
        answered(async (): Promise<'promoted' | 'missing' | 'rejected'> => {
          await tokens(token).authTokenPromotion().update();
          return 'promoted';
        }, missingOrRejected),
    };
  };

/** The account resource is read directly: of its fields only the primary token is looked at. */
async function read(client: Transport, uri: string): Promise<Reading> {
  const field = await readResource(client, uri);
  const shown = field('auth_token');
  return { verdict: 'accepted', primary: typeof shown === 'string' ? shown : undefined };
}

const toReading = ({ status }: Refusal): Reading | undefined =>
  status === wrongCredentials ? { verdict: 'rejected' } : undefined;

function whyNotMade({ status, code }: Refusal): Made | undefined {
  if (status === wrongCredentials) return 'rejected';
  return code === secondaryExists ? 'exists' : undefined;
}
