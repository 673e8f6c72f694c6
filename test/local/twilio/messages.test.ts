import { afterEach, beforeEach, expect, test } from 'vitest';

import { makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

let t: ServedTwilio;
beforeEach(async () => void (t = await serveTwilio()));
afterEach(() => t.close());

const sms = { to: '+15005550006', from: '+15005550001', body: 'Water the plants' };

test('stores a message and queues it', async () => {
  const { body, statusCode } = await t.as(t.authToken).messages.createWithHttpInfo(sms);

  expect(statusCode).toBe(201);
  expect(body).toMatchObject({ ...sms, accountSid: t.sid, status: 'queued', errorCode: null });
  expect(body.sid).toMatch(/^SM[0-9a-f]{32}$/);
  expect(t.stand.messagesOf(t.sid)).toMatchObject([{ sid: body.sid, ...sms }]);
});

test('sends by primary, secondary and key alike', async () => {
  const clients = [
    t.as(t.authToken),
    t.as(await makeSecondary(t.as(t.authToken))),
    t.asKey(await t.as(t.authToken).newKeys.create()),
  ];

  for (const client of clients) await client.messages.create(sms);

  expect(t.stand.messagesOf(t.sid)).toHaveLength(3);
});

test('lists the newest message first, a page at a time', async () => {
  const client = t.as(t.authToken);
  for (const body of ['one', 'two', 'three']) await client.messages.create({ ...sms, body });

  const page = await client.messages.page({ pageSize: 1 });
  const all = await client.messages.list({ pageSize: 2 });

  expect(page.instances.map(({ body }) => body)).toEqual(['three']);
  expect(all.map(({ body }) => body)).toEqual(['three', 'two', 'one']);
});

test.each([
  ['no receiver', { to: '' }, 21604],
  ['no sender', { from: '' }, 21603],
  ['no body', { body: '' }, 21602],
])('refuses a message with %s', async (_, change, code) => {
  const sending = t.as(t.authToken).messages.create({ ...sms, ...change });

  await expect(sending).rejects.toMatchObject({ status: 400, code });
});

test('takes a messaging service for a sender', async () => {
  const { from: _, ...rest } = sms;

  const service = `MG${'0'.repeat(32)}`;
  await t.as(t.authToken).messages.create({ ...rest, messagingServiceSid: service });

  expect(t.stand.messagesOf(t.sid)).toMatchObject([{ messagingServiceSid: service }]);
});
