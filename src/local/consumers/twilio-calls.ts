import { withAuthRetry } from '../../app/index.ts';
import type { Consumer } from './consumer.ts';
import type { Surroundings } from './surroundings.ts';

/** Calls of Twilio's API by the account's token. */
export const tokenCalls = (surroundings: Surroundings) =>
  calls(surroundings, { user: 'TWILIO_ACCOUNT_SID', password: 'TWILIO_AUTH_TOKEN' });

/** The same by an API key. */
export const keyCalls = (surroundings: Surroundings) =>
  calls(surroundings, { user: 'TWILIO_API_KEY_SID', password: 'TWILIO_API_KEY_SECRET' });

/** Keys of the secret. */
interface Credential {
  readonly user: string;
  readonly password: string;
}

type Read = (key: string) => Promise<string | undefined>;

function calls(
  { twilioUrl, read, secrets }: Surroundings,
  { user, password }: Credential,
): Consumer {
  async function call(valueOf: Read): Promise<void> {
    const [sid, name, secret] = [
      await valueOf('TWILIO_ACCOUNT_SID'),
      await valueOf(user),
      await valueOf(password),
    ];
    const basic = Buffer.from(`${name}:${secret}`).toString('base64');
    const answer = await fetch(`${twilioUrl}/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1`, {
      headers: { authorization: `Basic ${basic}` },
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Refused(answer.status);
  }

  return {
    async bare() {
      const values = await read();
      await call(async (key) => String(values[key]));
    },
    application: () =>
      withAuthRetry(() => call((key) => secrets.getSecret(key)), {
        secrets,
        keys: [user, password],
      }),
  };
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`Twilio answered with ${status}.`);
    this.status = status;
  }
}
