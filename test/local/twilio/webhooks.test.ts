import { afterEach, beforeEach, expect, test } from 'vitest';
import twilio from 'twilio';

import { serveHttp } from '../../../src/local/http-server.ts';
import { makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

interface Received {
  readonly signature: string;
  readonly params: Record<string, string>;
  readonly type: string | null;
}

let t: ServedTwilio;
let hook: string;
let received: Received[];
let closeReceiver: () => Promise<void>;

beforeEach(async () => {
  t = await serveTwilio();
  received = [];
  const receiver = await serveHttp(async (request) => {
    received.push({
      signature: request.headers.get('X-Twilio-Signature') ?? '',
      params: Object.fromEntries(new URLSearchParams(await request.text())),
      type: request.headers.get('Content-Type'),
    });
    return new Response('<Response/>', { status: 202 });
  });
  hook = `${receiver.url}/sms?app=reminder`;
  closeReceiver = () => receiver.close();
});
afterEach(() => Promise.all([t.close(), closeReceiver()]));

const send = () => t.stand.webhooks.send(t.sid, hook, { From: '+1500', Body: 'Ünïcode & more' });

const verifies = (token: string, at = -1) => {
  const { signature = '', params = {} } = received.at(at) ?? {};
  return twilio.validateRequest(token, signature, hook, params);
};

test('posts a form that the primary token verifies and no other', async () => {
  await expect(send()).resolves.toEqual({ status: 202, body: '<Response/>' });

  expect(received).toMatchObject([
    {
      type: expect.stringContaining('application/x-www-form-urlencoded'),
      params: { AccountSid: t.sid, From: '+1500', Body: 'Ünïcode & more' },
    },
  ]);
  expect(verifies(t.authToken)).toBe(true);
  expect(verifies('0'.repeat(32))).toBe(false);
});

test('between creation and promotion the old token still signs, the secondary never', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));

  await send();

  expect(verifies(t.authToken)).toBe(true);
  expect(verifies(secondary)).toBe(false);
});

test('from the promotion on the new primary signs, and the old one no more', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));
  await t.as(secondary).accounts.v1.authTokenPromotion().update();

  await send();

  expect(verifies(secondary)).toBe(true);
  expect(verifies(t.authToken)).toBe(false);
});

test('fails where no one listens', async () => {
  await closeReceiver();

  await expect(send()).rejects.toThrow('fetch failed');
});

test('knows no account but its own', async () => {
  await expect(t.stand.webhooks.send('AC0', hook, {})).rejects.toThrow('no such Twilio account');
});
