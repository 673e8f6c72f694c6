import { onTestFinished } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createTwilio, type Twilio } from '../../../src/local/twilio/create-twilio.ts';
import { twilioApiKey } from '../../../src/rotators/twilio-api-key/twilio-api-key.ts';
import { twilioKeys } from '../../../src/rotators/twilio-api-key/twilio-keys.ts';
import { twilioAccounts } from '../../../src/rotators/twilio-auth-token/twilio-account.ts';
import { twilioAuthToken } from '../../../src/rotators/twilio-auth-token/twilio-auth-token.ts';
import { startWorld } from '../../rotation/support/world.ts';
import { bind } from '../../support/bind.ts';

/**
 * One secret with the auth token of a Twilio account and two API keys of it, each by its rotator,
 * under the whole protocol. `broken`: when what was published did not work, seen after every call.
 */
export async function startShared() {
  const clock = new DrivenClock();
  const twilio = createTwilio({ clock });
  const server = await serveHttp(twilio.fetch);
  onTestFinished(() => server.close());
  const { sid, authToken } = twilio.addAccount();
  const yesterday = new Date(clock.now().getTime() - 86_400_000);
  const [one, other] = [firstKey(twilio, sid, yesterday), firstKey(twilio, sid, yesterday)];
  const settings = { baseUrl: server.url };
  const systems = {
    clock,
    openTwilioAccount: twilioAccounts(settings),
    openTwilioKeys: twilioKeys(settings),
  };

  const world = await startWorld({
    text: JSON.stringify({
      TWILIO_ACCOUNT_SID: sid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_KEY_SID: one.sid,
      TWILIO_API_KEY_SECRET: one.secret,
      VIDEO_KEY_SID: other.sid,
      VIDEO_KEY_SECRET: other.secret,
    }),
    rotators: () => [
      bind(twilioAuthToken, { key: 'TWILIO_AUTH_TOKEN', systems }),
      bind(twilioApiKey, { key: 'TWILIO_API_KEY_SECRET', systems }),
      bind(twilioApiKey, {
        key: 'VIDEO_KEY_SECRET',
        options: { sidKey: 'VIDEO_KEY_SID' },
        systems,
      }),
    ],
  });

  const broken: string[] = [];
  twilio.onCall(({ method, route }) => {
    const { TWILIO_AUTH_TOKEN: token = '', TWILIO_API_KEY_SID, VIDEO_KEY_SID } = world.current();
    const sids = new Set(twilio.keysOf(sid).map((key) => key.sid));
    const tokenLives = [twilio.primaryOf(sid), twilio.secondaryOf(sid)].includes(token);
    const keysLive = [TWILIO_API_KEY_SID, VIDEO_KEY_SID].every((key = '') => sids.has(key));
    if (!tokenLives || !keysLive) broken.push(`${method} ${route}`);
  });

  return {
    world,
    twilio,
    sid,
    broken,
    keys: () => twilio.keysOf(sid).map((key) => key.sid),

    /** Lets time pass, for the secret and for Twilio. */
    pass: async (ms: number) => {
      await clock.advance(ms);
      await world.clock.advance(ms);
    },

    /** Which credentials of a version Twilio takes, asked without the rotators. */
    accepted: async (version: Readonly<Record<string, string>>) => {
      const messages = `${server.url}/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1`;
      return {
        token: await takes(messages, [sid, version['TWILIO_AUTH_TOKEN']]),
        key: await takes(messages, [
          version['TWILIO_API_KEY_SID'],
          version['TWILIO_API_KEY_SECRET'],
        ]),
        video: await takes(messages, [version['VIDEO_KEY_SID'], version['VIDEO_KEY_SECRET']]),
      };
    },
  };
}

export const allWork = { token: true, key: true, video: true };
export const noneWorks = { token: false, key: false, video: false };

const firstKey = (twilio: Twilio, sid: string, created: Date) =>
  twilio.addKey(sid, { type: 'standard', friendlyName: 'made by hand', created });

async function takes(url: string, [user = '', password = '']: readonly (string | undefined)[]) {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  const response = await fetch(url, { headers: { authorization: `Basic ${encoded}` } });
  await response.arrayBuffer();
  return response.status === 200;
}
