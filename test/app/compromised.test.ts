import Keygrip from 'keygrip';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { validateTwilioWebhook } from '../../src/app/validate-twilio-webhook.ts';
import { verifyThroughRotation } from '../../src/app/verify-through-rotation.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { minute, sample, ttl, valueAt, world } from './support.ts';

const next = {
  ...sample,
  SECRET_KEY: 'k2-signs_Sessions.8Rz',
  DB_PASSWORD: 'p2-horse+Staple/0wS=',
  TWILIO_AUTH_TOKEN: '2b'.repeat(16),
};

const url = 'https://app.example/sms';
const webhook = {
  url,
  signature: twilio.getExpectedTwilioSignature(sample.TWILIO_AUTH_TOKEN, url, {}),
  params: {},
};

/** An application that read the secret before anybody marked its Twilio token, or anything else. */
async function app(document: object = sample) {
  const there = await world({ document });
  const secrets = await there.secrets().ready();
  const markOf = (key: string) => there.move(`KEYTURN_COMPROMISED_${key}`, there.first);
  return { ...there, app: secrets, markOf };
}

const verifies = (key: string, value: string, secrets: Parameters<typeof signingKeys>[1]) =>
  verifyThroughRotation(key, (one) => one === value, secrets);

describe('a compromised value', () => {
  test('verifies until the rotation: the application goes on working', async () => {
    const { app: these, markOf } = await app();
    await markOf('TWILIO_AUTH_TOKEN');
    await markOf('SECRET_KEY');
    await these.refresh();

    expect(await validateTwilioWebhook(webhook, { secrets: these })).toBe(true);
    expect([...signingKeys('SECRET_KEY', { secrets: these })]).toEqual([sample.SECRET_KEY]);
    expect(valueAt(these, 'TWILIO_AUTH_TOKEN')).toBe(sample.TWILIO_AUTH_TOKEN);
  });

  test.each([
    { instance: 'read the version before the mark', refreshed: false, fresh: false },
    { instance: 'read the version with the mark', refreshed: true, fresh: false },
    { instance: 'started after the rotation', refreshed: false, fresh: true },
  ])(
    'verifies no more once the next version is known, to an instance that $instance',
    async ({ refreshed, fresh }) => {
      const { app: running, markOf, put, secrets, driven } = await app();
      await markOf('TWILIO_AUTH_TOKEN');
      if (refreshed) await running.refresh();
      await put(next, 'AWSCURRENT');
      const these = fresh ? await secrets().ready() : running;
      await these.refresh();

      expect(await validateTwilioWebhook(webhook, { secrets: these })).toBe(false);
      // Not late either, as what was signed before a grace ended may be.
      await driven.advance(1_000);
      expect(await validateTwilioWebhook(webhook, { secrets: these })).toBe(false);
    },
  );

  test('verifies no more to an instance that learns of the next version by that', async () => {
    const { app: these, markOf, put } = await app();
    await markOf('TWILIO_AUTH_TOKEN');
    await put(next, 'AWSCURRENT');

    expect(await verifies('TWILIO_AUTH_TOKEN', next.TWILIO_AUTH_TOKEN, { secrets: these })).toBe(
      true,
    );
    expect(await validateTwilioWebhook(webhook, { secrets: these })).toBe(false);
  });

  test('leaves the other keys of its version as they are', async () => {
    const { app: these, markOf, put } = await app();
    await markOf('SECRET_KEY');
    await put(next, 'AWSCURRENT');
    await these.refresh();

    expect(await validateTwilioWebhook(webhook, { secrets: these })).toBe(true);
    expect(await verifies('SECRET_KEY', sample.SECRET_KEY, { secrets: these })).toBe(false);
  });

  test('bears either of the two marks', async () => {
    const { app: these, move, first, put } = await app();
    await move('KEYTURN_COMPROMISED2_SECRET_KEY', first);
    await put(next, 'AWSCURRENT');
    await these.refresh();

    expect(await verifies('SECRET_KEY', sample.SECRET_KEY, { secrets: these })).toBe(false);
  });

  test('is not what is current, where somebody stored it again by hand', async () => {
    const { app: these, markOf, put } = await app();
    await markOf('SECRET_KEY');
    await put({ ...sample, DB_PASSWORD: next.DB_PASSWORD }, 'AWSCURRENT');
    await these.refresh();

    expect(await verifies('SECRET_KEY', sample.SECRET_KEY, { secrets: these })).toBe(true);
  });
});

describe('sessions signed with a compromised key', () => {
  test('end with the refresh, and new ones are signed at once', async () => {
    const { app: these, markOf, put } = await app({ ...sample, SECRET_KEY_FALLBACKS: ['k0'] });
    const keys = signingKeys('SECRET_KEY', { secrets: these });
    const sign = new Keygrip(keys);
    const stolen = sign.sign('session');
    await markOf('SECRET_KEY');
    expect(sign.verify('session', stolen)).toBe(true);

    await put({ ...next, SECRET_KEY_FALLBACKS: [] }, 'AWSCURRENT');
    await these.refresh();

    expect([...keys]).toEqual([next.SECRET_KEY]);
    expect(sign.verify('session', stolen)).toBe(false);
    expect(sign.verify('session', new Keygrip(['k0']).sign('session'))).toBe(false);
  });

  test('end where the secret lists no earlier keys: as soon as the previous version is read', async () => {
    const { app: these, markOf, put, driven } = await app();
    const keys = signingKeys('SECRET_KEY', { secrets: these });
    await markOf('SECRET_KEY');
    await put(next, 'AWSCURRENT');
    await these.refresh();
    expect(keys).toContain(next.SECRET_KEY);
    await driven.advance(minute);

    expect([...keys]).toEqual([next.SECRET_KEY]);
  });
});

test('a database that refuses the new password is still tried with the one before', async () => {
  const { app: these, markOf, put } = await app();
  await markOf('DB_PASSWORD');
  await put(next, 'AWSCURRENT');
  await these.refresh();

  const used = await withAuthRetry(
    () => {
      const password = these.get('DB_PASSWORD');
      if (password === sample.DB_PASSWORD) return password;
      throw Object.assign(new Error('refused'), { code: '28P01' });
    },
    { secrets: these, withinMs: ttl },
  );
  expect(used).toBe(sample.DB_PASSWORD);
});
