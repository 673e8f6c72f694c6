import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/local/twilio/behaviour.ts';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { Gate } from '../../support/gate.ts';
import { startTwilio } from './support.ts';

const faults: readonly (readonly [Fault, ErrorCode])[] = [
  ['rate-limited', 'THROTTLED'],
  ['unavailable', 'UNREACHABLE'],
  ['answer-lost', 'UNREACHABLE'],
  ['answer-held', 'UNREACHABLE'],
];

describe.each(faults)('Twilio when it is %s', (fault, code) => {
  test.each([
    ['check', 'GET'],
    ['create', 'POST'],
    ['revoke', 'POST'],
    ['revoke', 'GET'],
  ] as const)(`fails %s at %s with ${code}, which is tried again`, async (verb, method) => {
    const twilio = await startTwilio({}, 150);
    const next = verb === 'revoke' ? await twilio.made(twilio.current) : '';
    twilio.twilio.behaviour.fault = (call) => (call.method === method ? fault : undefined);

    const { error } =
      verb === 'revoke'
        ? await twilio.revoke({ victim: twilio.current, keep: next, newer: 'keep' })
        : await twilio[verb](twilio.current);

    expect(expectTold(error, { code }).retryable).toBe(true);
    twilio.twilio.behaviour.fault = () => undefined;
    const inUse = verb === 'revoke' ? next : twilio.current;
    expect(await twilio.alive(inUse)).toBe(true);
  });
});

test('a suspended account is refused for good, by Twilio’s numbers', async () => {
  const twilio = await startTwilio();
  twilio.twilio.setStatus(twilio.sid, 'suspended');

  for (const attempted of [twilio.check(twilio.current), twilio.create(twilio.current)]) {
    const error = expectTold((await attempted).error, { code: 'PROVIDER_REFUSED' });

    expect(error.retryable).toBe(false);
    expect(error.message).toContain('HTTP 403 and its error 20003');
  }
});

test('too many failed logins are a limit, and no verdict', async () => {
  const twilio = await startTwilio({ failuresTolerated: 0 });

  expect(expectTold((await twilio.check(twilio.current)).error).code).toBe('THROTTLED');
});

test('a closed account refuses the current token', async () => {
  const twilio = await startTwilio();
  twilio.twilio.setStatus(twilio.sid, 'closed');

  expect(expectTold((await twilio.check(twilio.current)).error).code).toBe('CURRENT_REJECTED');
  expect(expectTold((await twilio.create(twilio.current)).error).code).toBe('CURRENT_REJECTED');
});

test('a new token that somebody deleted is not published', async () => {
  const twilio = await startTwilio();

  const { error } = await twilio.install('0'.repeat(32), twilio.current);

  expect(expectTold(error).code).toBe('PENDING_REJECTED');
});

test('a secondary that appears in between is laid to another rotation, and left alone', async () => {
  const twilio = await startTwilio();
  await twilio.made(twilio.current);
  const gate = new Gate({ at: 4, fault: 'waits' });
  const slow = twilio.create(twilio.current, undefined, gate);
  await gate.reached;
  const theirs = await twilio.made(twilio.current);
  gate.resume();

  expect(expectTold((await slow).error).code).toBe('CANNOT_TELL');
  expect(await twilio.alive(theirs)).toBe(true);
  expect(await twilio.alive(twilio.current)).toBe(true);
});

test.each(['AC123', 'SK0123456789abcdef0123456789abcdef', 'AC/../Keys'])(
  'the account SID %s is refused before anybody is asked',
  async (sid) => {
    const twilio = await startTwilio();
    const current = twilio.credential(twilio.current, sid);

    const { error } = await attempt(twilio.system, (rotator, call) =>
      rotator.check({ ...call, current }),
    );

    expect(expectTold(error).code).toBe('KEY_UNUSABLE');
    expect(error?.key).toBe('TWILIO_ACCOUNT_SID');
    expect(twilio.twilio.calls).toEqual([]);
  },
);

test.each([
  ['TWILIO_AUTH_TOKEN', undefined, 'KEY_MISSING'],
  ['TWILIO_AUTH_TOKEN', '', 'KEY_NOT_TEXT'],
  ['TWILIO_AUTH_TOKEN', 7, 'KEY_NOT_TEXT'],
  ['TWILIO_ACCOUNT_SID', undefined, 'KEY_MISSING'],
] as const)('a current version whose %s is %s is refused', async (key, value, code) => {
  const twilio = await startTwilio();
  const { [key]: _, ...rest } = twilio.credential(twilio.current);
  const current = value === undefined ? rest : { ...rest, [key]: value };

  const { error } = await attempt(twilio.system, (rotator, call) =>
    rotator.check({ ...call, current }),
  );

  expectTold(error, { code });
  expect(error?.key).toBe(key);
});

test('no mail, page or answer of Twilio’s ends up in an error', async () => {
  const twilio = await startTwilio();
  twilio.twilio.behaviour.fault = () => 'unavailable';

  const { error } = await twilio.check(twilio.current);

  expect(error?.message).not.toContain('html');
  expect(error?.cause).toBeUndefined();
});
