import { newSid, type TwilioMessage } from './account.ts';
import { page2010 } from './page.ts';
import { accountOf, type AdmittedCall, type Resource, rfc2822 } from './resource.ts';
import { TwilioError } from './twilio-error.ts';

/** The messages of an account, newest first. A new one is stored and goes nowhere. */
export const messages: readonly Resource[] = [
  {
    path: '/2010-04-01/Accounts/:account/Messages.json',
    operations: {
      GET: { permission: '/twilio/messaging/messages/read', answer: listMessages },
      POST: { permission: '/twilio/messaging/messages/create', answer: createMessage },
    },
  },
];

function listMessages(call: AdmittedCall): Response {
  const account = accountOf(call, call.path['account']);
  const shown = account.messages.map((message) => describe(account.sid, message));
  return page2010(call, 'messages', shown.toReversed());
}

function createMessage(call: AdmittedCall): Response {
  const account = accountOf(call, call.path['account']);
  const message = parseMessage(call);
  account.messages.push(message);
  return Response.json(describe(account.sid, message), { status: 201 });
}

function parseMessage({ world, fields }: AdmittedCall): TwilioMessage {
  const { To: to, From: from, Body: body, MessagingServiceSid: service } = fieldsOf(fields);
  if (!to) throw new TwilioError(400, 21604, "A 'To' phone number is required");
  if (!from && !service) throw new TwilioError(400, 21603, "A 'From' phone number is required");
  if (!body) throw new TwilioError(400, 21602, 'Message body is required');
  const created = world.clock.now();
  return { sid: newSid('SM'), to, from, messagingServiceSid: service, body, created };
}

const fieldsOf = (fields: URLSearchParams): Partial<Record<string, string>> =>
  Object.fromEntries(fields);

const describe = (accountSid: string, message: TwilioMessage) => ({
  account_sid: accountSid,
  api_version: '2010-04-01',
  body: message.body,
  date_created: rfc2822(message.created),
  date_sent: null,
  date_updated: rfc2822(message.created),
  direction: 'outbound-api',
  error_code: null,
  error_message: null,
  from: message.from ?? null,
  messaging_service_sid: message.messagingServiceSid ?? null,
  num_media: '0',
  num_segments: '1',
  price: null,
  price_unit: 'USD',
  sid: message.sid,
  status: 'queued',
  subresource_uris: {},
  to: message.to,
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}.json`,
});
