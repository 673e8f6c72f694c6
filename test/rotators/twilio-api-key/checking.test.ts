import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import type { Fault } from '../../../src/local/twilio/behaviour.ts';
import { expectTold } from '../../support/expect-told.ts';
import { sidsOf, startTwilio } from './support.ts';

describe('a current version that could not be rotated', () => {
  test.each([
    ['TWILIO_API_KEY_SECRET', undefined, 'KEY_MISSING'],
    ['TWILIO_API_KEY_SECRET', '', 'KEY_NOT_TEXT'],
    ['TWILIO_API_KEY_SID', undefined, 'KEY_MISSING'],
    ['TWILIO_API_KEY_SID', 'SK123', 'KEY_UNUSABLE'],
    ['TWILIO_API_KEY_SID', `SK${'0'.repeat(32)}/../x`, 'KEY_UNUSABLE'],
    ['TWILIO_ACCOUNT_SID', 'AC/../Keys', 'KEY_UNUSABLE'],
    ['TWILIO_AUTH_TOKEN', undefined, 'KEY_MISSING'],
    ['TWILIO_AUTH_TOKEN', 7, 'KEY_NOT_TEXT'],
  ] as const)('%s is %s: refused before anybody is asked', async (key, value, code) => {
    const twilio = await startTwilio();
    const { [key]: _, ...rest } = twilio.current;
    const current = value === undefined ? rest : { ...rest, [key]: value };

    const { error } = await twilio.check(current);

    expect(expectTold(error, { code }).key).toBe(key);
    expect(twilio.twilio.calls).toEqual([]);
  });

  test('its auth token is refused: the error names that key', async () => {
    const twilio = await startTwilio();

    const { error } = await twilio.check({ ...twilio.current, TWILIO_AUTH_TOKEN: '0'.repeat(32) });

    expect(expectTold(error, { code: 'CURRENT_REJECTED' }).key).toBe('TWILIO_AUTH_TOKEN');
  });

  test('it is a main key, which could only be replaced by one that may do less', async () => {
    const twilio = await startTwilio();
    const main = twilio.credential(twilio.twilio.addKey(twilio.sid, { type: 'main' }));

    const { error } = await twilio.check(main);

    expect(expectTold(error, { code: 'SETUP_UNSUITABLE' }).key).toBe('TWILIO_API_KEY_SID');
    expect(error?.message).toContain('main key');
  });

  test('it is a restricted key, which would be replaced by one that may do more', async () => {
    const twilio = await startTwilio();
    const restricted = { type: 'restricted', allow: ['/twilio/messaging/messages/read'] } as const;
    const current = twilio.credential(twilio.twilio.addKey(twilio.sid, restricted));

    const { error } = await twilio.check(current);

    expect(expectTold(error, { code: 'SETUP_UNSUITABLE' }).key).toBe('TWILIO_API_KEY_SID');
    expect(error?.message).toContain('may do more');
  });

  test('it is a key of the account above, which the auth token could not end', async () => {
    const twilio = await startTwilio();
    const child = twilio.twilio.addAccount({ ownerSid: twilio.sid });

    const { error } = await twilio.check({
      ...twilio.current,
      TWILIO_ACCOUNT_SID: child.sid,
      TWILIO_AUTH_TOKEN: child.authToken,
    });

    expectTold(error, { code: 'SETUP_UNSUITABLE' });
    expect(error?.message).toContain('another account');
  });
});

describe('restricted keys', () => {
  const policy = ['/twilio/messaging/messages/read', '/twilio/messaging/messages/create'];
  const probeUrl =
    'https://api.twilio.com/2010-04-01/Accounts/{AccountSid}/Messages.json?PageSize=5';

  test('are made with the policy, and named like the others', async () => {
    const twilio = await startTwilio({ options: { keyType: 'restricted', policy } });

    const next = await twilio.made();

    const [, made] = twilio.twilio.keysOf(twilio.sid);
    expect(made).toMatchObject({ type: 'restricted', allow: policy });
    expect(made?.friendlyName).toMatch(/^keyturn /);
    expect((await twilio.install(next)).error).toBeUndefined();
    expect((await twilio.check(next)).error).toBeUndefined();
    expect((await twilio.probe(next)).result).toBe('accepted');
    expect((await twilio.revoke(twilio.current, next)).error).toBeUndefined();
    expect(await twilio.works(next)).toBe(true);
  });

  test('are tried with the configured address, in the account of the secret', async () => {
    const twilio = await startTwilio({ options: { keyType: 'restricted', policy, probeUrl } });

    expect((await twilio.probe(await twilio.made())).result).toBe('accepted');
  });

  const unfit = {
    keyType: 'restricted',
    policy: ['/twilio/messaging/messages/create'],
    probeUrl,
  } as const;

  test('that may not read the address are not published, and can be taken back', async () => {
    const twilio = await startTwilio({ options: unfit });
    const next = await twilio.made();

    const installed = await twilio.install(next);
    const takenBack = await twilio.revoke(next, twilio.current);

    expect(expectTold(installed.error, { code: 'PRIVILEGE_MISSING' }).retryable).toBe(false);
    expect(takenBack.error).toBeUndefined();
    expect(sidsOf(twilio)).toHaveLength(1);
  });

  test('whose policy lacks the address now can still be replaced', async () => {
    const twilio = await startTwilio({ options: { keyType: 'restricted', policy } });
    const old = twilio.credential(
      twilio.twilio.addKey(twilio.sid, {
        type: 'restricted',
        allow: ['/twilio/messaging/messages/create'],
      }),
    );

    expect((await twilio.check(old)).error).toBeUndefined();
    expectTold((await twilio.probe(old)).error, { code: 'PRIVILEGE_MISSING' });
  });

  test('that were deleted are refused like any other', async () => {
    const twilio = await startTwilio({ options: { keyType: 'restricted', policy } });
    const next = await twilio.made();
    await twilio.revoke(next, twilio.current);

    expect((await twilio.probe(next)).result).toBe('rejected');
  });
});

const faults: readonly (readonly [Fault, ErrorCode])[] = [
  ['rate-limited', 'THROTTLED'],
  ['unavailable', 'UNREACHABLE'],
  ['answer-lost', 'UNREACHABLE'],
  ['answer-held', 'UNREACHABLE'],
];

describe.each(faults)('Twilio when it is %s', (fault, code) => {
  test.each([
    ['check', 'GET'],
    ['create', 'GET'],
    ['create', 'POST'],
    ['revoke', 'GET'],
    ['revoke', 'DELETE'],
  ] as const)(`fails %s at %s with ${code}, which is tried again`, async (verb, method) => {
    const twilio = await startTwilio({ timeoutMs: 150 });
    const next = await twilio.made();
    twilio.twilio.behaviour.fault = (call) => (call.method === method ? fault : undefined);
    const run = {
      check: () => twilio.check(next),
      create: () => twilio.create({ current: next }),
      revoke: () => twilio.revoke(twilio.current, next),
    };

    const { error } = await run[verb]();

    expect(expectTold(error, { code }).retryable).toBe(true);
    twilio.twilio.behaviour.fault = () => undefined;
    expect(await twilio.works(next)).toBe(true);
  });
});

test('too many failed logins are a limit, and no verdict', async () => {
  const twilio = await startTwilio({ behaviour: { failuresTolerated: 0 } });

  expect(expectTold((await twilio.check(twilio.current)).error).code).toBe('THROTTLED');
});
