import { afterEach, beforeEach, expect, test } from 'vitest';

import type { TwilioBehaviour } from '../../../src/local/twilio/behaviour.ts';
import { basic, makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

let t: ServedTwilio;
beforeEach(async () => void (t = await serveTwilio()));
afterEach(() => t.close());

const refused = { status: 401, code: 20003, message: 'Authenticate' };

const read = (token: string, sid = t.sid) => t.as(token, sid).api.v2010.accounts(sid).fetch();

test('makes a secondary token of 32 hexadecimal digits, with the dates of the call', async () => {
  await t.clock.advance(90_000);

  const made = await t.as(t.authToken).accounts.v1.secondaryAuthToken().create();

  expect(made.secondaryAuthToken).toMatch(/^[0-9a-f]{32}$/);
  expect(made.accountSid).toBe(t.sid);
  expect(made.dateCreated).toEqual(new Date('2026-01-01T00:01:30Z'));
  expect(t.stand.secondaryOf(t.sid)).toBe(made.secondaryAuthToken);
});

test('answers 201, 200 and 204 with exactly the documented fields and dates', async () => {
  const call = async (method: string, path: string) => {
    const headers = { Authorization: basic(t.sid, t.stand.primaryOf(t.sid)) };
    const answer = await fetch(`${t.url}${path}`, { method, headers });
    const body: unknown = answer.status === 204 ? await answer.text() : await answer.json();
    return { status: answer.status, body };
  };
  const dates = { date_created: '2026-01-01T00:00:00Z', date_updated: '2026-01-01T00:00:00Z' };
  const common = { account_sid: t.sid, ...dates };

  const created = await call('POST', '/v1/AuthTokens/Secondary');
  const secondary = t.stand.secondaryOf(t.sid);
  const promoted = await call('POST', '/v1/AuthTokens/Promote');
  await call('POST', '/v1/AuthTokens/Secondary');
  const removed = await call('DELETE', '/v1/AuthTokens/Secondary');

  expect(created).toEqual({
    status: 201,
    body: { ...common, secondary_auth_token: secondary, url: `${t.url}/v1/AuthTokens/Secondary` },
  });
  expect(promoted).toEqual({
    status: 200,
    body: { ...common, auth_token: secondary, url: `${t.url}/v1/AuthTokens/Promote` },
  });
  expect(removed).toEqual({ status: 204, body: '' });
});

test('lets the secondary authenticate at once, beside the primary', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));

  await expect(read(t.authToken)).resolves.toMatchObject({ sid: t.sid });
  await expect(read(secondary)).resolves.toMatchObject({ sid: t.sid });
});

test('refuses a second secondary with 70002 and keeps the first', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));

  for (const token of [t.authToken, secondary]) {
    await expect(makeSecondary(t.as(token))).rejects.toMatchObject({ status: 400, code: 70002 });
  }
  expect(t.stand.secondaryOf(t.sid)).toBe(secondary);
});

test('makes one secondary when two creations arrive together', async () => {
  const client = t.as(t.authToken);

  const outcomes = await Promise.allSettled([makeSecondary(client), makeSecondary(client)]);

  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('promotion makes the secondary the primary and kills the old primary at once', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));

  await t.clock.advance(60_000);

  const promoted = await t.as(t.authToken).accounts.v1.authTokenPromotion().update();

  expect(promoted.authToken).toBe(secondary);
  expect(promoted.dateCreated).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(promoted.dateUpdated).toEqual(new Date('2026-01-01T00:01:00Z'));
  expect(t.stand.primaryOf(t.sid)).toBe(secondary);
  expect(t.stand.secondaryOf(t.sid)).toBeUndefined();
  await expect(read(t.authToken)).rejects.toMatchObject(refused);
  await expect(read(secondary)).resolves.toMatchObject({ authToken: secondary });
});

test('deletion ends the secondary at once and leaves the primary', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));

  await expect(t.as(t.authToken).accounts.v1.secondaryAuthToken().remove()).resolves.toBe(true);

  await expect(read(secondary)).rejects.toMatchObject(refused);
  await expect(read(t.authToken)).resolves.toMatchObject({ sid: t.sid });
});

test('promotion by a dead token changes nothing', async () => {
  const first = await makeSecondary(t.as(t.authToken));
  await t.as(first).accounts.v1.authTokenPromotion().update();
  const second = await makeSecondary(t.as(first));

  const late = t.as(t.authToken).accounts.v1.authTokenPromotion().update();

  await expect(late).rejects.toMatchObject(refused);
  expect(t.stand.primaryOf(t.sid)).toBe(first);
  expect(t.stand.secondaryOf(t.sid)).toBe(second);
});

test('there is nothing to promote or delete without a secondary: 404 and 20404', async () => {
  const { v1 } = t.as(t.authToken).accounts;

  const missing = { status: 404, code: 20404 };
  await expect(v1.authTokenPromotion().update()).rejects.toMatchObject(missing);
  await expect(v1.secondaryAuthToken().remove()).rejects.toMatchObject(missing);
});

test.each(['GET', 'PUT', 'PATCH'])('offers no %s of the secondary', async (method) => {
  await makeSecondary(t.as(t.authToken));

  const answer = await fetch(`${t.url}/v1/AuthTokens/Secondary`, {
    method,
    headers: { Authorization: basic(t.sid, t.authToken) },
  });

  expect(answer.status).toBe(405);
  expect(await answer.text()).not.toContain(t.stand.secondaryOf(t.sid));
});

test('a lost answer leaves a secondary that nobody can read; only deletion helps', async () => {
  const client = t.as(t.authToken);
  t.stand.behaviour.fault = ({ method }) => (method === 'POST' ? 'answer-lost' : undefined);
  const failure = await makeSecondary(client).catch((error: unknown) => error);
  expect(failure).toMatchObject({ status: 502 });
  expect(failure).not.toHaveProperty('code');
  t.stand.behaviour.fault = () => undefined;

  await expect(makeSecondary(client)).rejects.toMatchObject({ code: 70002 });
  const lost = t.stand.secondaryOf(t.sid);
  await client.accounts.v1.secondaryAuthToken().remove();

  expect(await makeSecondary(client)).not.toBe(lost);
});

test('a client that gives up waiting has made a secondary all the same', async () => {
  t.stand.behaviour.fault = () => 'answer-held';

  const waiting = makeSecondary(t.as(t.authToken, t.sid, { timeout: 150 }));

  await expect(waiting).rejects.toMatchObject({ code: 'ECONNABORTED' });
  expect(t.stand.secondaryOf(t.sid)).toBeDefined();
});

test('a refusal can be lost like any other answer', async () => {
  await makeSecondary(t.as(t.authToken));
  t.stand.behaviour.fault = () => 'answer-lost';

  await expect(makeSecondary(t.as(t.authToken))).rejects.toMatchObject({ status: 502 });
});

test.each(['rate-limited', 'unavailable'] as const)(
  'a call that is %s does nothing',
  async (fault) => {
    t.stand.behaviour.fault = () => fault;

    const status = fault === 'rate-limited' ? { status: 429, code: 20429 } : { status: 503 };
    await expect(makeSecondary(t.as(t.authToken))).rejects.toMatchObject(status);
    expect(t.stand.secondaryOf(t.sid)).toBeUndefined();
  },
);

test('the SDK repeats a call that was rate limited, when told to', async () => {
  let refusals = 2;
  t.stand.behaviour.fault = () => (refusals-- > 0 ? 'rate-limited' : undefined);

  const secondary = await makeSecondary(t.as(t.authToken, t.sid, { autoRetry: true }));

  expect(secondary).toBe(t.stand.secondaryOf(t.sid));
  expect(t.stand.calls.map(({ code }) => code)).toEqual([20429, 20429, undefined]);
});

test('the tokens of a subaccount and of its owner live apart', async () => {
  const child = t.stand.addAccount({ ownerSid: t.sid });

  const secondary = await makeSecondary(t.as(child.authToken, child.sid));
  await t.as(child.authToken, child.sid).accounts.v1.authTokenPromotion().update();

  expect(t.stand.primaryOf(child.sid)).toBe(secondary);
  expect(t.stand.primaryOf(t.sid)).toBe(t.authToken);
  expect(t.stand.secondaryOf(t.sid)).toBeUndefined();
  await expect(read(secondary, t.sid)).rejects.toMatchObject(refused);
});

test('mails the owners of every change, unless the call says not to', async () => {
  const client = t.as(t.authToken).accounts.v1;
  const quiet = { suppressEmailNotification: true };
  await client.secondaryAuthToken().create(quiet);
  await client.secondaryAuthToken().remove(quiet);
  await client.secondaryAuthToken().create(quiet);
  await client.authTokenPromotion().update(quiet);
  expect(t.stand.mailsOf(t.sid)).toEqual([]);

  const now = t.as(t.stand.primaryOf(t.sid)).accounts.v1;
  await now.secondaryAuthToken().create();
  await now.secondaryAuthToken().remove();
  await now.secondaryAuthToken().create();
  await now.authTokenPromotion().update({ suppressEmailNotification: false });

  expect(t.stand.mailsOf(t.sid).map(({ about }) => about)).toEqual([
    'secondary created',
    'secondary deleted',
    'secondary created',
    'secondary promoted',
  ]);
});

type Who = TwilioBehaviour['whoMayPromote'];

test.each<[Who, 'primary' | 'secondary', boolean]>([
  ['both', 'primary', true],
  ['both', 'secondary', true],
  ['primary', 'primary', true],
  ['primary', 'secondary', false],
  ['secondary', 'primary', false],
  ['secondary', 'secondary', true],
])('where %s may promote and delete, the %s is let: %s', async (who, as, isLet) => {
  Object.assign(t.stand.behaviour, { whoMayPromote: who, whoMayDeleteSecondary: who });
  const outcome = isLet ? { status: 'fulfilled' } : { status: 'rejected', reason: refused };
  const token = async () => {
    const primary = t.stand.primaryOf(t.sid);
    const secondary = t.stand.secondaryOf(t.sid) ?? (await makeSecondary(t.as(primary)));
    return as === 'primary' ? primary : secondary;
  };

  const remove = t
    .as(await token())
    .accounts.v1.secondaryAuthToken()
    .remove();
  expect((await Promise.allSettled([remove]))[0]).toMatchObject(outcome);

  const promotion = t
    .as(await token())
    .accounts.v1.authTokenPromotion()
    .update();
  expect((await Promise.allSettled([promotion]))[0]).toMatchObject(outcome);
});

test('refusals seen rather than documented can be others', async () => {
  const conflict = { status: 409, code: 1 } as const;
  const names = ['secondaryExists', 'nothingToPromote', 'nothingToDelete'] as const;
  for (const name of names) t.stand.behaviour[name] = conflict;
  const { v1 } = t.as(t.authToken).accounts;

  await expect(v1.authTokenPromotion().update()).rejects.toMatchObject(conflict);
  await expect(v1.secondaryAuthToken().remove()).rejects.toMatchObject(conflict);
  await v1.secondaryAuthToken().create();
  await expect(v1.secondaryAuthToken().create()).rejects.toMatchObject(conflict);
});
