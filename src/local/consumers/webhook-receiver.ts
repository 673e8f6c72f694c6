import twilio from 'twilio';
import { validateTwilioWebhook } from '../../app/index.ts';
import type { HttpHandler } from '../http-server.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Takes webhooks of Twilio's at two paths: `/bare` knows the token under AWSCURRENT alone,
 * `/application` verifies by keyturn/app. Answers 403 where the signature does not fit.
 */
export const webhookReceiver =
  ({ read, secrets }: Surroundings): HttpHandler =>
  async (request) => {
    const { url } = request;
    const signature = request.headers.get('x-twilio-signature') ?? '';
    const params = Object.fromEntries(new URLSearchParams(await request.text()));
    const isFromTwilio = url.endsWith('/bare')
      ? twilio.validateRequest(String((await read())['TWILIO_AUTH_TOKEN']), signature, url, params)
      : await validateTwilioWebhook({ url, signature, params }, { secrets });
    return new Response(null, { status: isFromTwilio ? 200 : 403 });
  };
