import express, { Router } from 'express';
import { type Secrets, validateTwilioWebhook } from 'keyturn/app';
import { HttpError } from './errors.ts';
import { fieldsOf, phoneNumber, textsOf } from './input.ts';
import type { Reminders } from './reminders.ts';

interface Needs {
  readonly secrets: Secrets;
  readonly reminders: Reminders;
  readonly publicUrl: string | undefined;
}

/** Takes the text messages that Twilio receives for us. */
export function smsWebhook({ secrets, reminders, publicUrl }: Needs): Router {
  const routes = Router();

  routes.post('/sms', express.urlencoded({ extended: false }), async (request, response) => {
    const fields = fieldsOf(request.body);
    const isFromTwilio = await validateTwilioWebhook(
      {
        url: `${publicUrl ?? `${request.protocol}://${request.host}`}${request.originalUrl}`,
        signature: request.get('x-twilio-signature'),
        params: textsOf(fields),
      },
      { secrets },
    );
    if (!isFromTwilio) throw new HttpError(403, 'This was not signed by Twilio.');

    const word = String(fields['Body']).trim().toUpperCase();
    if (word === 'STOP') await reminders.optOut(phoneNumber(fields, 'From'));
    if (word === 'START') await reminders.optIn(phoneNumber(fields, 'From'));
    response.type('text/xml').send('<Response/>');
  });

  return routes;
}
