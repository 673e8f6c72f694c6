import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { validateTwilioWebhook } from '../../src/app/validate-twilio-webhook.ts';
import { minute, sample, ttl, world } from './support.ts';

const url = 'https://app.example/sms?x=1';
const params = { Body: 'hello', From: '+15550001' };
const tokens = { t1: '1a'.repeat(16), t2: '2b'.repeat(16), t3: '3c'.repeat(16) };

const version = (token: keyof typeof tokens) => ({ ...sample, TWILIO_AUTH_TOKEN: tokens[token] });
const signedBy = (token: string) => ({
  url,
  params,
  signature: twilio.getExpectedTwilioSignature(token, url, params),
});

async function app() {
  const there = await world({ document: version('t1') });
  const secrets = await there.secrets().ready();
  const accepts = (token: keyof typeof tokens) =>
    validateTwilioWebhook(signedBy(tokens[token]), { secrets });
  const forged = () => validateTwilioWebhook(signedBy('forged'), { secrets });
  return { ...there, app: secrets, accepts, forged };
}

describe('behaviour 11: a webhook is verified per distinct token', () => {
  test('signed with the current one, without a further read', async () => {
    const { accepts, reads } = await app();
    expect(await accepts('t1')).toBe(true);
    expect(reads).toHaveLength(1);
  });

  test('signed with a pending one', async () => {
    const { accepts, put } = await app();
    await put(version('t2'), 'AWSPENDING');
    expect(await accepts('t2')).toBe(true);
    expect(await accepts('t1')).toBe(true);
  });

  test('signed with the new one, where the rotation was missed', async () => {
    const { accepts, put } = await app();
    await put(version('t2'), 'AWSCURRENT');
    expect(await accepts('t2')).toBe(true);
    expect(await accepts('t1')).toBe(true);
  });

  test('signed with the previous one, by an instance that started after the rotation', async () => {
    const { put, secrets } = await app();
    await put(version('t2'), 'AWSCURRENT');
    const these = await secrets().ready();
    const old = signedBy(tokens.t1);
    expect(await validateTwilioWebhook(old, { secrets: these })).toBe(true);
  });

  test('signed with one before the previous, or with none', async () => {
    const { accepts, put, app: these, forged } = await app();
    for (const token of ['t2', 't3'] as const) {
      await put(version(token), 'AWSCURRENT');
      await these.refresh();
    }
    expect(await accepts('t1')).toBe(false);
    expect(await forged()).toBe(false);
    const unsigned = { url, params, signature: undefined };
    expect(await validateTwilioWebhook(unsigned, { secrets: these })).toBe(false);
  });

  test('an empty token verifies nothing', async () => {
    const { secrets } = await world({ document: { ...sample, TWILIO_AUTH_TOKEN: '' } });
    const these = await secrets().ready();
    expect(await validateTwilioWebhook(signedBy(''), { secrets: these })).toBe(false);
  });

  test('of another key', async () => {
    const { secrets } = await world({ document: { ...sample, TOKEN: tokens.t1 } });
    const these = await secrets().ready();
    const options = { secrets: these, tokenKey: 'TOKEN' };
    expect(await validateTwilioWebhook(signedBy(tokens.t1), options)).toBe(true);
  });
});

describe('the previous token ends', () => {
  test.each([
    { instance: 'saw the rotation', fresh: false },
    { instance: 'started after it', fresh: true },
  ])('once it is retired, for an instance that $instance', async ({ fresh }) => {
    const { put, move, driven, app: running, first, secrets } = await app();
    await put(version('t2'), 'AWSCURRENT');
    await running.refresh();
    const these = fresh ? await secrets().ready() : running;
    const old = () => validateTwilioWebhook(signedBy(tokens.t1), { secrets: these });
    expect(await old()).toBe(true);

    await move('KEYTURN_RETIRED', first);
    await driven.advance(ttl);
    expect(await old()).toBe(false);
    await driven.advance(ttl);
    expect(await old()).toBe(false);
  });

  test('at once, for an instance that starts long after it was retired', async () => {
    const { put, move, driven, app: running, first, secrets } = await app();
    // Its thousands of reads in that time are not what is looked at.
    running.close();
    await put(version('t2'), 'AWSCURRENT');
    await move('KEYTURN_RETIRED', first);
    await driven.advance(30 * 24 * 60 * minute);
    const these = await secrets().ready();

    expect(await validateTwilioWebhook(signedBy(tokens.t1), { secrets: these })).toBe(false);
  });

  test('a few seconds late, for what was on its way', async () => {
    const { put, move, driven, first, secrets } = await app();
    await put(version('t2'), 'AWSCURRENT');
    const these = await secrets({ ttlMs: 1_000 }).ready();
    const old = () => validateTwilioWebhook(signedBy(tokens.t1), { secrets: these });
    expect(await old()).toBe(true);

    await move('KEYTURN_RETIRED', first);
    await driven.advance(2_000);
    expect(await old()).toBe(true);
    await driven.advance(5_000);
    expect(await old()).toBe(false);
  });

  test('where it can no longer be seen whether it was retired', async () => {
    const { put, driven, trouble, app: running } = await app();
    await put(version('t2'), 'AWSCURRENT');
    await running.refresh();
    const old = () => validateTwilioWebhook(signedBy(tokens.t1), { secrets: running });
    expect(await old()).toBe(true);

    trouble('denies access');
    await driven.advance(2 * ttl - 1_000);
    expect(await old()).toBe(true);
    await driven.advance(ttl);
    await expect(old()).rejects.toMatchObject({ code: 'SECRET_TOO_OLD' });
  });

  test('with a pending one that was taken back', async () => {
    const { put, move, driven, accepts } = await app();
    await put(version('t2'), 'AWSPENDING');
    expect(await accepts('t2')).toBe(true);
    await move('AWSPENDING');
    await driven.advance(ttl);
    expect(await accepts('t2')).toBe(false);
  });
});

describe('forged ones', () => {
  test('cause at most one look in 30 s, however many', async () => {
    const { forged, driven, readsOf, put, app: these } = await app();
    await put(version('t2'), 'AWSCURRENT');
    await these.refresh();
    const before = { current: readsOf(), previous: readsOf('AWSPREVIOUS') };
    const refused: boolean[] = [];
    for (let s = 0; s < 60; s += 1) {
      refused.push(...(await Promise.all([forged(), forged(), forged()])));
      await driven.advance(1_000);
    }
    expect(new Set(refused)).toEqual(new Set([false]));
    expect(readsOf() - before.current).toBe(2);
    expect(readsOf('AWSPREVIOUS') - before.previous).toBe(2);
    expect(readsOf('AWSPENDING')).toBe(2);
  });

  test('do not lead into an outage more calls than the back-off has', async () => {
    const { forged, driven, reads, trouble, accepts } = await app();
    trouble('answers 503');
    for (let s = 0; s < 5 * 60; s += 5) {
      expect(await forged()).toBe(false);
      expect(await accepts('t1')).toBe(true);
      await driven.advance(5_000);
    }
    expect(reads.length).toBeLessThanOrEqual(36);
  });

  test('do not keep the right one waiting', async () => {
    const { forged, accepts, put, driven } = await app();
    await forged();
    await put(version('t2'), 'AWSCURRENT');
    await driven.advance(30_000);
    expect(await accepts('t2')).toBe(true);
  });
});

describe('a rotation under way', () => {
  test('does not lose the previous token to a read that began before it', async () => {
    const there = await world({ document: version('t1') });
    const { driven, put, secrets, client } = there;
    const held = Promise.withResolvers<void>();
    const state = { hold: false };
    client.middlewareStack.add(
      (next) => async (call) => {
        const answer = await next(call);
        const { input } = call;
        if (state.hold && 'VersionStage' in input && input.VersionStage === 'AWSPREVIOUS')
          await held.promise;
        return answer;
      },
      { step: 'finalizeRequest' },
    );
    await put(version('t2'), 'AWSCURRENT');
    const these = await secrets().ready();
    const check = (token: string) => validateTwilioWebhook(signedBy(token), { secrets: these });
    state.hold = true;
    const forged = check('forged');
    await expect.poll(() => there.readsOf('AWSPREVIOUS')).toBe(1);
    await put(version('t3'), 'AWSCURRENT');
    await these.refresh();
    held.resolve();
    await forged;

    await driven.advance(minute / 60);
    expect(await check(tokens.t2)).toBe(true);
  });
});

test('without a value to verify with it throws', async () => {
  const { secrets, trouble } = await world();
  trouble('denies access');
  const checking = validateTwilioWebhook(signedBy('x'), { secrets: secrets() });
  await expect(checking).rejects.toMatchObject({ code: 'SECRET_REFUSED' });
});
