import { randomBytes } from 'node:crypto';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import type { TwilioBehaviour } from '../../src/local/twilio/behaviour.ts';
import { createTwilio, type Twilio } from '../../src/local/twilio/create-twilio.ts';
import type { Clock } from '../../src/rotation/clock.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { twilioApiKey } from '../../src/rotators/twilio-api-key/twilio-api-key.ts';
import { twilioKeys } from '../../src/rotators/twilio-api-key/twilio-keys.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';

export interface TwilioKeySystem extends System {
  readonly twilio: Twilio;
  /** Of the account. */
  readonly sid: string;
  /** The secret with this API key in it. */
  readonly credential: (key: { readonly sid: string; readonly secret: string }) => Credential;
}

interface SystemOptions {
  readonly behaviour?: Partial<TwilioBehaviour>;
  readonly options?: object;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  /** The key in the secret that holds the API key's secret. */
  readonly key?: string;
}

/** A Twilio over HTTP with one account, and in use an API key that somebody made there yesterday. */
export async function buildTwilioKeys({
  behaviour = {},
  options = {},
  clock = realClock,
  timeoutMs = 3_000,
  key = 'TWILIO_API_KEY_SECRET',
}: SystemOptions = {}): Promise<TwilioKeySystem> {
  const twilio = createTwilio({ clock, behaviour });
  const server = await serveHttp(twilio.fetch);
  const { sid, authToken } = twilio.addAccount();
  const yesterday = new Date(clock.now().getTime() - 86_400_000);
  const first = twilio.addKey(sid, { type: 'standard', friendlyName: 'app', created: yesterday });
  const credential = (apiKey: { readonly sid: string; readonly secret: string }) => ({
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_KEY_SID: apiKey.sid,
    [key]: apiKey.secret,
  });

  return {
    twilio,
    sid,
    credential,
    current: credential(first),
    wrong: credential({ sid: first.sid, secret: randomBytes(16).toString('hex') }),

    async rotator(gate) {
      const { host, port } = await gate.to('twilio', { host: '127.0.0.1', port: server.port });
      const openTwilioKeys = twilioKeys({ baseUrl: `http://${host}:${port}`, timeoutMs });
      return bind(twilioApiKey, { key, options, systems: { clock, openTwilioKeys } });
    },
    works: async ({ TWILIO_API_KEY_SID: user, [key]: password }) =>
      takes(`${server.url}/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1`, user, password),
    state: async () => [twilio.primaryOf(sid), twilio.secondaryOf(sid), twilio.keysOf(sid)],
    settled: async () => undefined,
    close: () => server.close(),
  };
}

/** Twilio's own word, without the rotator: 200 or 401, of the API key or of its policy. */
async function takes(url: string, user: unknown, password: unknown): Promise<boolean> {
  const encoded = Buffer.from(`${String(user)}:${String(password)}`).toString('base64');
  const response = await fetch(url, { headers: { authorization: `Basic ${encoded}` } });
  await response.arrayBuffer();
  return response.status === 200;
}
