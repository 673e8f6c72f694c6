import { afterEach, beforeEach, expect, test } from 'vitest';

import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { createTwilio } from '../../../src/local/twilio/create-twilio.ts';
import type { TwilioCall } from '../../../src/local/twilio/journal.ts';
import { basic, makeSecondary, type ServedTwilio, serveTwilio } from './serve-twilio.ts';

let t: ServedTwilio;
beforeEach(async () => void (t = await serveTwilio()));
afterEach(() => t.close());

const post = (path: string, body: string, type = 'application/x-www-form-urlencoded') =>
  fetch(`${t.url}${path}`, {
    method: 'POST',
    headers: { Authorization: basic(t.sid, t.authToken), 'Content-Type': type },
    body,
  });

test.each([
  ['JSON in the place of a form', '{}', 'application/json'],
  ['a flag that is neither true nor false', 'SuppressEmailNotification=perhaps', undefined],
])('refuses %s and changes nothing', async (_, body, type) => {
  const answer = await post('/v1/AuthTokens/Secondary', body, type);

  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 20001, status: 400 });
  expect(t.stand.secondaryOf(t.sid)).toBeUndefined();
});

test('answers 404 to a path it does not know', async () => {
  const answer = await post('/v1/Nothing', '');

  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 20404, status: 404 });
});

test('answers 405 to a method a path does not have, to those who may ask', async () => {
  const answer = await post(`/2010-04-01/Accounts/${t.sid}.json`, '');
  const stranger = await fetch(`${t.url}/v1/AuthTokens/Promote`);

  expect(answer.status).toBe(405);
  expect(await answer.json()).toMatchObject({ code: 20004, status: 405 });
  expect(stranger.status).toBe(401);
});

test('keeps a journal of who called what and how it ended', async () => {
  const heard: TwilioCall[] = [];
  const stop = t.stand.onCall((call) => heard.push(call));
  const secondary = await makeSecondary(t.as(t.authToken));
  await makeSecondary(t.as(secondary)).catch(() => undefined);
  stop();
  await fetch(`${t.url}/v1/Nothing`);

  const at = new Date('2026-01-01T00:00:00Z');
  const route = '/v1/AuthTokens/Secondary';
  const known = { at, method: 'POST', route, accountSid: t.sid };
  expect(heard).toEqual([
    { ...known, credential: 'primary', status: 201 },
    { ...known, credential: 'secondary', status: 400, code: 70002 },
  ]);
  expect(t.stand.calls).toEqual([
    ...heard,
    { at, method: 'GET', route: '*', status: 404, code: 20404 },
  ]);
});

test('no value is in the journal or in an error', async () => {
  const secondary = await makeSecondary(t.as(t.authToken));
  const key = await t.as(t.authToken).newKeys.create();
  const values = [t.authToken, secondary, key.secret];
  const errors: string[] = [];
  for (const value of values) {
    const paths = [
      `/v1/${value}`,
      `/v1/Keys/${value}`,
      `/2010-04-01/Accounts/${value}.json`,
      `/2010-04-01/Accounts/${t.sid}/Keys/${value}.json?x=${value}`,
      `/v1/AuthTokens/Secondary?SuppressEmailNotification=${value}`,
    ];
    for (const path of paths) {
      for (const user of [t.sid, key.sid, value]) {
        const headers = { Authorization: basic(user, value) };
        const answer = await fetch(`${t.url}${path}`, { method: 'DELETE', headers });
        errors.push(`${answer.status} ${await answer.text()}`);
      }
    }
    errors.push(await (await post('/v1/AuthTokens/Promote', value, 'text/plain')).text());
    errors.push(thrown(() => t.stand.addAccount({ authToken: `${value}!` })));
    errors.push(thrown(() => t.stand.addAccount({ sid: value })));
    errors.push(thrown(() => t.stand.primaryOf(value)));
  }

  const shown = JSON.stringify([errors, t.stand.calls]);
  for (const value of values) expect(shown).not.toContain(value);
  expect(errors.filter((error) => error.startsWith('2'))).toEqual([]);
});

function thrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}

test('takes the account it is given, once', () => {
  const stand = createTwilio({ clock: new DrivenClock(), behaviour: { whoMayPromote: 'primary' } });
  const given = { sid: `AC${'1'.repeat(32)}`, authToken: '2'.repeat(32) };

  expect(stand.addAccount(given)).toEqual(given);
  expect(stand.behaviour.whoMayPromote).toBe('primary');
  expect(() => stand.addAccount(given)).toThrow('already');
  expect(() => stand.addAccount({ ownerSid: `AC${'3'.repeat(32)}` })).toThrow('no such');
});
