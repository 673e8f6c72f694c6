import { afterEach, beforeEach, expect, test } from 'vitest';

import type { TwilioBehaviour } from '../../../src/local/twilio/behaviour.ts';
import { basic, makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

let t: ServedTwilio;
beforeEach(async () => void (t = await serveTwilio()));
afterEach(() => t.close());

const refused = { status: 401, code: 20003 };

const read = (token: string, as = t.sid, sid = t.sid) =>
  t.as(token, as).api.v2010.accounts(sid).fetch();

test('an account contains its primary auth token', async () => {
  await expect(read(t.authToken)).resolves.toMatchObject({
    sid: t.sid,
    ownerAccountSid: t.sid,
    authToken: t.authToken,
    status: 'active',
    type: 'Full',
    dateCreated: new Date('2026-01-01T00:00:00Z'),
  });
});

type Shown = TwilioBehaviour['accountTokenShownToSecondary'];

test.each<[Shown, () => string | null | undefined]>([
  ['primary', () => t.stand.primaryOf(t.sid)],
  ['own', () => t.stand.secondaryOf(t.sid)],
  ['none', () => null],
])('shows a secondary the token called %s', async (shown, expected) => {
  const secondary = await makeSecondary(t.as(t.authToken));
  t.stand.behaviour.accountTokenShownToSecondary = shown;

  expect((await read(secondary)).authToken).toBe(expected());
  expect((await read(t.authToken)).authToken).toBe(t.authToken);
});

test('an owner reads its subaccount, and the subaccount does not read its owner', async () => {
  const child = t.stand.addAccount({ ownerSid: t.sid, friendlyName: 'Child' });

  await expect(read(t.authToken, t.sid, child.sid)).resolves.toMatchObject({
    ownerAccountSid: t.sid,
    authToken: child.authToken,
    friendlyName: 'Child',
  });
  await expect(read(child.authToken, child.sid, t.sid)).rejects.toMatchObject(refused);
});

test('an account that is not there is 404, one of somebody else is 401', async () => {
  const other = t.stand.addAccount();
  const nobody = `AC${'0'.repeat(32)}`;

  await expect(read(t.authToken, t.sid, other.sid)).rejects.toMatchObject(refused);
  await expect(read(t.authToken, t.sid, nobody)).rejects.toMatchObject({
    status: 404,
    code: 20404,
  });
});

test.each([
  ['closed', refused],
  ['suspended', { status: 403, code: 20003 }],
] as const)('refuses every call of a %s account', async (status, refusal) => {
  const secondary = await makeSecondary(t.as(t.authToken));
  t.stand.setStatus(t.sid, status);

  await expect(read(t.authToken)).rejects.toMatchObject(refusal);
  await expect(read(secondary)).rejects.toMatchObject(refusal);
  const promotion = t.as(t.authToken).accounts.v1.authTokenPromotion().update();
  await expect(promotion).rejects.toMatchObject(refusal);
  expect(t.stand.primaryOf(t.sid)).toBe(t.authToken);
});

test.each([
  ['no header', () => undefined],
  ['another scheme', () => `Bearer ${t.authToken}`],
  ['no base64', () => 'Basic %%%'],
  ['no colon', () => `Basic ${Buffer.from(t.sid).toString('base64')}`],
  ['a wrong token', () => basic(t.sid, '0'.repeat(32))],
  ['an empty token', () => basic(t.sid, '')],
  ['half the token', () => basic(t.sid, t.authToken.slice(0, 16))],
  ['a token with a space after it', () => basic(t.sid, `${t.authToken} `)],
  ['an unknown account', () => basic(`AC${'0'.repeat(32)}`, t.authToken)],
])('refuses %s as wrong credentials', async (_, header) => {
  const value = header();
  const headers = value === undefined ? {} : { Authorization: value };

  const answer = await fetch(`${t.url}/2010-04-01/Accounts/${t.sid}.json`, { headers });

  expect(answer.status).toBe(401);
  expect(answer.headers.get('WWW-Authenticate')).toBe('Basic realm="Twilio API"');
  expect(await answer.json()).toEqual({
    code: 20003,
    message: 'Authenticate',
    more_info: 'https://www.twilio.com/docs/errors/20003',
    status: 401,
  });
});

test('refuses the right token too, for a minute, after too many wrong ones', async () => {
  t.stand.behaviour.failuresTolerated = 3;
  for (const _ of [1, 2, 3]) {
    await expect(read('0'.repeat(32))).rejects.toMatchObject(refused);
  }
  await expect(read(t.authToken)).rejects.toMatchObject({ status: 429, code: 70005 });

  await t.clock.advance(60_000);

  await expect(read(t.authToken)).resolves.toMatchObject({ sid: t.sid });
});

test('tolerates any number of failures where it is not told otherwise', async () => {
  for (const _ of Array.from({ length: 25 })) {
    await expect(read('0'.repeat(32))).rejects.toMatchObject(refused);
  }
  await expect(read(t.authToken)).resolves.toMatchObject({ sid: t.sid });
});
