import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

import type { Account } from './account.ts';

/** What a receiver answered to a webhook. */
export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Posts a form to `url`, signed with the primary token of this moment, as Twilio does; the secondary
 * signs nothing. Rejects when the receiver cannot be reached or takes longer than 15 seconds.
 */
export async function sendWebhook(
  account: Account,
  url: string,
  params: Readonly<Record<string, string>>,
): Promise<WebhookAnswer> {
  const form = { AccountSid: account.sid, ApiVersion: '2010-04-01', ...params };
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      'User-Agent': 'TwilioProxy/1.1',
      'X-Twilio-Signature': getExpectedTwilioSignature(account.primary.value, url, form),
    },
    body: new URLSearchParams(form).toString(),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: answer.status, body: await answer.text() };
}
