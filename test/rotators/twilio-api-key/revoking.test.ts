import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { attempt } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { sidOf, sidsOf, startTwilio } from './support.ts';

const anySecret = () => randomBytes(16).toString('hex');

test('a superseded key is deleted whoever made it: the secret held it', async () => {
  const twilio = await startTwilio();
  const next = await twilio.made();

  const { error } = await twilio.revoke(twilio.current, next);

  expect(error).toBeUndefined();
  expect(sidsOf(twilio)).toEqual([sidOf(next)]);
});

test('a SID that stands beside a wrong secret is not deleted: nothing proves whose it is', async () => {
  const twilio = await startTwilio();
  const next = await twilio.made();
  const bystander = twilio.twilio.addKey(twilio.sid, { type: 'standard' });
  const yesterday = { ...twilio.current, TWILIO_API_KEY_SECRET: anySecret() };
  const before = sidsOf(twilio);

  const outcomes = [
    await twilio.revoke(yesterday, next),
    await twilio.revoke({ ...next, TWILIO_API_KEY_SECRET: anySecret() }, twilio.current),
  ];

  expect(outcomes[0]?.error).toBeUndefined();
  expectTold(outcomes[1]?.error, { code: 'CANNOT_TELL' });
  expect(sidsOf(twilio)).toEqual(before);
  expect(before).toContain(bystander.sid);
});

test.each([
  ['the right one is to stay', false],
  ['the wrong one is to stay', true],
])('one SID with two secrets is one key, and is left alone (%s)', async (_, turned) => {
  const twilio = await startTwilio();
  const wrong = { ...twilio.current, TWILIO_API_KEY_SECRET: anySecret() };
  const [victim, keep] = turned ? [twilio.current, wrong] : [wrong, twilio.current];

  const { error } = await twilio.revoke(victim, keep);

  expect(error).toBeUndefined();
  expect(await twilio.works(twilio.current)).toBe(true);
});

test('a SID in capitals is the same key', async () => {
  const twilio = await startTwilio();
  const capitals = `SK${sidOf(twilio.current).slice(2).toUpperCase()}`;

  const { error } = await twilio.revoke(twilio.current, {
    ...twilio.current,
    TWILIO_API_KEY_SID: capitals,
  });

  expect(error).toBeUndefined();
  expect(await twilio.works(twilio.current)).toBe(true);
});

test('a key of another account is left alone, and said so', async () => {
  const twilio = await startTwilio();
  const next = await twilio.made();
  const other = twilio.twilio.addAccount();
  const key = twilio.twilio.addKey(other.sid, { type: 'standard' });
  const victim = {
    ...twilio.credential(key),
    TWILIO_ACCOUNT_SID: other.sid,
    TWILIO_AUTH_TOKEN: other.authToken,
  };
  const warnings: string[] = [];

  await attempt(twilio.system, (rotator, call) =>
    rotator.revoke({
      ...call,
      log: { ...call.log, warn: (line) => void warnings.push(line) },
      victim,
      keep: next,
      newer: 'keep',
    }),
  );

  expect(warnings).toEqual([expect.stringContaining('belongs to another account')]);
  expect(twilio.twilio.keysOf(other.sid)).toHaveLength(1);
});

test('the victim lives on where the key to keep is dead', async () => {
  const twilio = await startTwilio();
  const dead = twilio.credential({ sid: `SK${'0'.repeat(32)}`, secret: anySecret() });

  const { error } = await twilio.revoke(twilio.current, dead);

  expectTold(error, { code: 'KEEP_REJECTED' });
  expect(await twilio.works(twilio.current)).toBe(true);
});

test('the auth token of the version that stays is the one that deletes', async () => {
  const twilio = await startTwilio();
  const next = await twilio.made();
  const superseded = { ...twilio.current, TWILIO_AUTH_TOKEN: anySecret() };

  const { error } = await twilio.revoke(superseded, next);

  expect(error).toBeUndefined();
  expect(sidsOf(twilio)).toEqual([sidOf(next)]);
});

test('an auth token that is refused deletes nothing, and is named', async () => {
  const twilio = await startTwilio();
  const next = await twilio.made();

  const { error } = await twilio.revoke(twilio.current, {
    ...next,
    TWILIO_AUTH_TOKEN: anySecret(),
  });

  expect(expectTold(error, { code: 'CURRENT_REJECTED' }).key).toBe('TWILIO_AUTH_TOKEN');
  expect(await twilio.works(twilio.current)).toBe(true);
});

test.each([
  ['no SID', { TWILIO_API_KEY_SID: undefined }],
  ['a SID that is none', { TWILIO_API_KEY_SID: 'SK/../../Accounts' }],
  ['an empty secret', { TWILIO_API_KEY_SECRET: '' }],
  ['a secret that is no text', { TWILIO_API_KEY_SECRET: 7 }],
])('a version with %s has no key to end, and nobody is asked', async (_, change) => {
  const twilio = await startTwilio();
  const victim = JSON.parse(
    JSON.stringify({ ...twilio.credential({ sid: '', secret: '' }), ...change }),
  );

  const { error } = await twilio.revoke(victim, twilio.current);

  expect(error).toBeUndefined();
  expect(twilio.twilio.calls).toEqual([]);
});
