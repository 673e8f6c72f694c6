import { afterEach, beforeEach, expect, test } from 'vitest';

import { basic, makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

let t: ServedTwilio;
beforeEach(async () => void (t = await serveTwilio()));
afterEach(() => t.close());

const refused = { status: 401, code: 20003 };
const missing = { status: 404, code: 20404 };

test('shows the secret of a new key once, with 201, and never again', async () => {
  const client = t.as(t.authToken);

  const { body: made, statusCode } = await client.newKeys.createWithHttpInfo({
    friendlyName: 'reminder-app',
  });

  expect(statusCode).toBe(201);
  expect(made.sid).toMatch(/^SK[0-9a-f]{32}$/);
  expect(made.secret).toMatch(/^[0-9A-Za-z]{32}$/);
  expect(made.dateCreated).toEqual(new Date('2026-01-01T00:00:00Z'));
  const read = await client.keys(made.sid).fetch();
  const listed = await client.keys.list();
  expect(read).toMatchObject({ sid: made.sid, friendlyName: 'reminder-app' });
  expect(listed.map(({ sid }) => sid)).toEqual([made.sid]);
  expect(JSON.stringify([read, listed, t.stand.keysOf(t.sid), t.stand.calls])).not.toContain(
    made.secret,
  );
});

test('a key authenticates messages, whose account it need not name, until it is deleted', async () => {
  const owner = t.as(t.authToken);
  const key = await owner.newKeys.create();
  await expect(t.asKey(key).messages.list({ limit: 1 })).resolves.toEqual([]);

  await expect(owner.keys(key.sid).remove()).resolves.toBe(true);

  await expect(t.asKey(key).messages.list({ limit: 1 })).rejects.toMatchObject(refused);
  await expect(owner.keys(key.sid).remove()).rejects.toMatchObject(missing);
  await expect(owner.keys(key.sid).fetch()).rejects.toMatchObject(missing);
});

test('two keys live side by side, and outlive a promotion', async () => {
  const keys = [await t.as(t.authToken).newKeys.create(), await t.as(t.authToken).newKeys.create()];
  await makeSecondary(t.as(t.authToken));
  await t.as(t.authToken).accounts.v1.authTokenPromotion().update();

  for (const key of keys) await expect(t.asKey(key).messages.list()).resolves.toEqual([]);
});

test('a standard key may touch neither accounts nor keys nor tokens', async () => {
  const client = t.asKey(await t.as(t.authToken).newKeys.create());

  const calls = [
    () => client.api.v2010.accounts(t.sid).fetch(),
    () => client.newKeys.create(),
    () => client.keys.list(),
    () => client.keys(client.username ?? '').remove(),
    () => client.iam.v1.getApiKeys.list({ accountSid: t.sid }),
    () => client.accounts.v1.secondaryAuthToken().create(),
    () => client.accounts.v1.authTokenPromotion().update(),
  ];

  for (const call of calls) await expect(call()).rejects.toMatchObject(refused);
  expect(t.stand.keysOf(t.sid)).toHaveLength(1);
});

test('a main key makes keys and reads the account without its token, but has no auth tokens', async () => {
  const client = t.asKey(t.stand.addKey(t.sid, { type: 'main' }));

  await expect(client.newKeys.create()).resolves.toBeDefined();
  expect((await client.api.v2010.accounts(t.sid).fetch()).authToken).toBeNull();
  await expect(makeSecondary(client)).rejects.toMatchObject(refused);
});

test('a restricted key may do what its policy allows and nothing else', async () => {
  const key = await t.as(t.authToken).iam.v1.newApiKey.create({
    accountSid: t.sid,
    keyType: 'restricted',
    policy: { allow: ['/twilio/messaging/messages/read'] },
  });
  const client = t.asKey(key);

  await expect(client.messages.list()).resolves.toEqual([]);
  const sending = client.messages.create({ to: '+1', from: '+2', body: 'x' });
  await expect(sending).rejects.toMatchObject({ status: 401, code: 70051 });
  await expect(client.keys.list()).rejects.toMatchObject(refused);
});

test('the newer API makes, lists, reads and deletes the same keys', async () => {
  const { v1 } = t.as(t.authToken).iam;

  const key = await v1.newApiKey.create({ accountSid: t.sid, friendlyName: 'new' });
  const listed = await v1.getApiKeys.list({ accountSid: t.sid });

  expect(listed).toMatchObject([{ sid: key.sid, friendlyName: 'new' }]);
  await expect(t.as(t.authToken).keys(key.sid).fetch()).resolves.toMatchObject({ sid: key.sid });
  await expect(v1.apiKey(key.sid).fetch()).resolves.toMatchObject({ friendlyName: 'new' });
  await expect(v1.apiKey(key.sid).remove()).resolves.toBe(true);
  expect(t.stand.keysOf(t.sid)).toEqual([]);
});

test('a name of 64 characters is taken and one of 65 is not', async () => {
  const { newKeys } = t.as(t.authToken);

  await expect(newKeys.create({ friendlyName: 'x'.repeat(64) })).resolves.toBeDefined();
  await expect(newKeys.create({ friendlyName: 'x'.repeat(65) })).rejects.toMatchObject({
    status: 400,
  });
});

test.each([
  ['main keys', { keyType: 'main' }],
  ['restricted keys without a policy', { keyType: 'restricted' }],
  ['a policy that allows nothing', { keyType: 'restricted', policy: { deny: [] } }],
])('the newer API makes no %s', async (_, options) => {
  const creation = t.as(t.authToken).iam.v1.newApiKey.create({ accountSid: t.sid, ...options });

  await expect(creation).rejects.toMatchObject({ status: 400 });
});

test('keys of another account are not there, and those of a subaccount are', async () => {
  const child = t.stand.addAccount({ ownerSid: t.sid });
  const other = t.stand.addAccount();
  const [own, foreign] = [child, other].map(({ sid }) => t.stand.addKey(sid, { type: 'standard' }));
  const client = t.as(t.authToken);

  await expect(client.keys(foreign?.sid ?? '').fetch()).rejects.toMatchObject(missing);
  await expect(client.iam.v1.apiKey(foreign?.sid ?? '').remove()).rejects.toMatchObject(missing);
  await expect(client.iam.v1.apiKey(own?.sid ?? '').remove()).resolves.toBe(true);
});

test('lists page by page, without a gap or a repetition', async () => {
  const client = t.as(t.authToken);
  const made = Array.from({ length: 7 }, () => t.stand.addKey(t.sid, { type: 'standard' }).sid);
  const { accountSid } = client;

  const old = await client.keys.list({ pageSize: 3 });
  const recent = await client.iam.v1.getApiKeys.list({ accountSid, pageSize: 3 });
  const first = await client.keys.page({ pageSize: 3 });

  expect(old.map(({ sid }) => sid)).toEqual(made.toReversed());
  expect(recent.map(({ sid }) => sid)).toEqual(made.toReversed());
  expect(first.instances).toHaveLength(3);
  expect(first.previousPageUrl).toBeUndefined();
  expect((await client.keys.page({ pageSize: 7 })).nextPageUrl).toBeUndefined();
});

test('a standard key reads messages by the page, as a probe does, and nothing of the account', async () => {
  const key = t.stand.addKey(t.sid, { type: 'standard' });
  const read = async (path: string, secret = key.secret) => {
    const headers = { authorization: basic(key.sid, secret) };
    return (await fetch(`${t.url}${path}`, { headers })).status;
  };
  const account = `/2010-04-01/Accounts/${t.sid}`;

  expect(await read(`${account}/Messages.json?PageSize=1`)).toBe(200);
  expect(await read(`${account}/Messages.json?PageSize=1`, `${key.secret}x`)).toBe(401);
  expect(await read(`${account}.json`)).toBe(401);
  expect(await read(`${account}/Keys.json`)).toBe(401);
  expect(await read(`/v1/Keys?AccountSid=${t.sid}`)).toBe(401);
  expect(await read(`/v1/Keys/${key.sid}`)).toBe(401);
});

test('a key of another account reads no messages of this one', async () => {
  const other = t.stand.addAccount();
  const key = t.stand.addKey(other.sid, { type: 'standard' });

  await expect(t.asKey(key).messages.list({ limit: 1 })).rejects.toMatchObject(refused);
});

test('a new key is refused for as long as the delay, and listed from the start', async () => {
  t.stand.behaviour.keyDelayMs = 60_000;
  const key = await t.as(t.authToken).newKeys.create();

  await expect(t.asKey(key).messages.list()).rejects.toMatchObject(refused);
  await expect(t.as(t.authToken).keys(key.sid).fetch()).resolves.toMatchObject({ sid: key.sid });
  await t.clock.advance(60_000);
  await expect(t.asKey(key).messages.list()).resolves.toEqual([]);
});

test('a deleted key is accepted for as long as it lingers, and listed no more', async () => {
  t.stand.behaviour.keyLingerMs = 60_000;
  const key = await t.as(t.authToken).newKeys.create();
  await t.as(t.authToken).keys(key.sid).remove();

  await expect(t.asKey(key).messages.list()).resolves.toEqual([]);
  await expect(t.as(t.authToken).keys.list()).resolves.toEqual([]);
  await t.clock.advance(60_000);
  await expect(t.asKey(key).messages.list()).rejects.toMatchObject(refused);
});

test('the newer API tells the policy of a restricted key, and none of a standard one', async () => {
  const { v1 } = t.as(t.authToken).iam;
  const policy = { allow: ['/twilio/messaging/messages/read'] };
  const restricted = t.stand.addKey(t.sid, { type: 'restricted', ...policy });
  const standard = t.stand.addKey(t.sid, { type: 'standard' });

  expect((await v1.apiKey(restricted.sid).fetch()).policy).toEqual(policy);
  expect((await v1.apiKey(standard.sid).fetch()).policy).toBeNull();
});
