import { randomBytes } from 'node:crypto';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { createTwilio, type Twilio } from '../../src/local/twilio/create-twilio.ts';
import type { TwilioBehaviour } from '../../src/local/twilio/behaviour.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { twilioAccounts } from '../../src/rotators/twilio-auth-token/twilio-account.ts';
import { twilioAuthToken } from '../../src/rotators/twilio-auth-token/twilio-auth-token.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';

export interface TwilioSystem extends System {
  readonly twilio: Twilio;
  readonly sid: string;
  /** The base URL of the stand-in itself, past any gate. */
  readonly url: string;
  credential(token: string, accountSid?: string): Credential;
}

/** A Twilio over HTTP with one account, whose primary token is in use. */
export async function buildTwilio(
  behaviour: Partial<TwilioBehaviour> = {},
  timeoutMs = 3_000,
): Promise<TwilioSystem> {
  const twilio = createTwilio({ clock: realClock, behaviour });
  const server = await serveHttp(twilio.fetch);
  const { sid, authToken } = twilio.addAccount();
  const credential = (token: string, accountSid = sid) => ({
    TWILIO_AUTH_TOKEN: token,
    TWILIO_ACCOUNT_SID: accountSid,
  });

  return {
    twilio,
    sid,
    url: server.url,
    credential,
    current: credential(authToken),
    wrong: credential(randomBytes(16).toString('hex')),

    async rotator(gate) {
      const { host, port } = await gate.to('twilio', { host: '127.0.0.1', port: server.port });
      const openTwilioAccount = twilioAccounts({ baseUrl: `http://${host}:${port}`, timeoutMs });
      return bind(twilioAuthToken, { key: 'TWILIO_AUTH_TOKEN', systems: { openTwilioAccount } });
    },
    works: async ({ TWILIO_AUTH_TOKEN: token }) =>
      token === twilio.primaryOf(sid) || token === twilio.secondaryOf(sid),
    state: async () => [twilio.primaryOf(sid), twilio.secondaryOf(sid)],
    settled: async () => undefined,
    close: () => server.close(),
  };
}
