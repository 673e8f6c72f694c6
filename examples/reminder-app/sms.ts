import { type Secrets, withAuthRetry } from 'keyturn/app';
import twilio from 'twilio';
import { HttpError } from './errors.ts';

export interface Sms {
  /** Answers Twilio's id of the message. Throws an HttpError of 422 or 502 where it takes none. */
  send(to: string, body: string): Promise<string>;
}

interface Needs {
  readonly secrets: Secrets;
  readonly twilioFrom: string;
  /** Only on a local stack. */
  readonly twilioBaseUrl: string | undefined;
}

/** Text messages by Twilio. */
export function createSms({ secrets, twilioFrom: from, twilioBaseUrl }: Needs): Sms {
  // It holds the connections; a client beside it is little more than its two credentials.
  const httpClient = new twilio.RequestClient({ timeout: 10_000 });

  function clientOfNow() {
    const [sid, token] = [secrets.get('TWILIO_ACCOUNT_SID'), secrets.get('TWILIO_AUTH_TOKEN')];
    const client = twilio(sid, token, { httpClient });
    if (twilioBaseUrl) client.api.baseUrl = twilioBaseUrl;
    return client;
  }

  return {
    async send(to, body) {
      try {
        // The client is made within: `get` answers the version that is tried.
        const message = await withAuthRetry(
          () => clientOfNow().messages.create({ to, from, body }),
          {
            secrets,
          },
        );
        return message.sid;
      } catch (error) {
        throw isAboutTheMessage(error)
          ? new HttpError(422, 'Twilio does not take this message.', { cause: error })
          : new HttpError(502, 'Twilio cannot be reached. Try again in a moment.', {
              cause: error,
            });
      }
    },
  };
}

const isAboutTheMessage = (error: unknown) =>
  error instanceof twilio.RestException && error.status === 400;
