import twilio from 'twilio';

import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createTwilio } from '../../../src/local/twilio/create-twilio.ts';

type Sdk = ReturnType<typeof twilio>;
type SdkOptions = NonNullable<Parameters<typeof twilio>[2]>;

/** The stand-in over HTTP, with an account, and real SDK clients of it. */
export async function serveTwilio() {
  const clock = new DrivenClock();
  const stand = createTwilio({ clock });
  const server = await serveHttp(stand.fetch);
  const { sid, authToken } = stand.addAccount();

  return {
    clock,
    stand,
    sid,
    authToken,
    url: server.url,
    as: (token: string, account = sid, options: SdkOptions = {}): Sdk =>
      pointed(twilio(account, token, options), server.url),
    asKey: (key: { sid: string; secret: string }): Sdk =>
      pointed(twilio(key.sid, key.secret, { accountSid: sid }), server.url),
    close: () => server.close(),
  };
}

export type ServedTwilio = Awaited<ReturnType<typeof serveTwilio>>;

function pointed(client: Sdk, url: string): Sdk {
  for (const domain of [client.accounts, client.api, client.iam]) domain.baseUrl = url;
  return client;
}

/** The secondary token the account has from now on. */
export const makeSecondary = async (client: Sdk): Promise<string> =>
  (await client.accounts.v1.secondaryAuthToken().create()).secondaryAuthToken;

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
