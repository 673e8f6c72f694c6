import { describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { expectTold } from '../../support/expect-told.ts';
import { sidOf, sidsOf, startTwilio } from './support.ts';

const minute = 60_000;

/** A Twilio where a new key is refused for so long, with one that was just made. */
async function withNewKey(keyDelayMs: number) {
  const clock = new DrivenClock();
  const twilio = await startTwilio({ clock, behaviour: { keyDelayMs } });
  const works = (credential: Credential) => twilio.works(credential);
  return { ...twilio, works, clock, next: await twilio.made() };
}

test('install waits for a new key that Twilio knows within seconds', async () => {
  const { clock, install, next, works } = await withNewKey(12_000);

  const { error } = await clock.drive(install(next));

  expect(error).toBeUndefined();
  expect(await works(next)).toBe(true);
});

test('install asks five times in half a minute at most, and leaves the rest to the next call', async () => {
  const { clock, install, next, twilio } = await withNewKey(3 * minute);
  const [begun, before] = [clock.now().getTime(), twilio.calls.length];

  const { error } = await clock.drive(install(next));

  expect(expectTold(error, { code: 'CANNOT_TELL' }).retryable).toBe(true);
  expect(clock.now().getTime() - begun).toBe(30_000);
  const refused = twilio.calls.slice(before).filter(({ status }) => status === 401);
  expect(refused).toHaveLength(5);

  await clock.advance(3 * minute);
  expect((await install(next)).error).toBeUndefined();
});

test('a probe of a key that is minutes old gives no verdict where Twilio refuses it', async () => {
  const { clock, probe, next } = await withNewKey(10 * minute);

  const soon = await probe(next);
  await clock.advance(5 * minute - 1_000);
  const later = await probe(next);
  await clock.advance(1_000);

  expectTold(soon.error, { code: 'CANNOT_TELL' });
  expectTold(later.error, { code: 'CANNOT_TELL' });
  expect((await probe(next)).result).toBe('rejected');
});

test('check gives no verdict on a current key that is minutes old', async () => {
  const { check, next } = await withNewKey(minute);

  expect(expectTold((await check(next)).error).code).toBe('CANNOT_TELL');
});

test('a key that was deleted is refused at once, however new it was', async () => {
  const clock = new DrivenClock();
  const twilio = await startTwilio({ clock });
  const next = await twilio.made();
  await twilio.revoke(next, twilio.current);

  const { error } = await twilio.install(next);

  expect(expectTold(error, { code: 'PENDING_REJECTED' }).retryable).toBe(false);
  expect((await twilio.probe(next)).result).toBe('rejected');
});

test('a new key that is not known yet is neither revoked nor held for dead', async () => {
  const { clock, revoke, current, next, works, system } = await withNewKey(minute);

  const early = await revoke(next, current);
  await clock.advance(minute);
  const late = await revoke(next, current);

  expectTold(early.error, { code: 'CANNOT_TELL' });
  expect(late.error).toBeUndefined();
  expect(await works(next)).toBe(false);
  expect(sidsOf(system)).toEqual([sidOf(current)]);
});

test('nothing is revoked for a key that is not known yet', async () => {
  const { revoke, current, next, works } = await withNewKey(minute);

  const { error } = await revoke(current, next);

  expectTold(error, { code: 'CANNOT_TELL' });
  expect(await works(current)).toBe(true);
});

test('a deleted key that is still accepted for seconds is waited for', async () => {
  const clock = new DrivenClock();
  const twilio = await startTwilio({ clock, behaviour: { keyLingerMs: 20_000 } });
  const next = await twilio.made();

  const { error } = await clock.drive(twilio.revoke(twilio.current, next));

  expect(error).toBeUndefined();
  expect(await twilio.works(twilio.current)).toBe(false);
  expect(await twilio.works(next)).toBe(true);
});

test('a deleted key that stays accepted is not said to be ended, until it is', async () => {
  const clock = new DrivenClock();
  const twilio = await startTwilio({ clock, behaviour: { keyLingerMs: minute } });
  const next = await twilio.made();

  const first = await clock.drive(twilio.revoke(twilio.current, next));
  const second = await clock.drive(twilio.revoke(twilio.current, next));

  expectTold(first.error, { code: 'CANNOT_TELL' });
  expect(second.error).toBeUndefined();
  expect(await twilio.works(twilio.current)).toBe(false);
});

/** Beside an auth token that Twilio refuses. */
const dead = (credential: Credential) => ({ ...credential, TWILIO_AUTH_TOKEN: '0'.repeat(32) });

describe('where Twilio refuses the auth token too, how old a refused key is cannot be told', () => {
  test('install says so of the token, and not that somebody deleted the key', async () => {
    const { clock, install, next } = await withNewKey(2 * minute);

    const { error } = await clock.drive(install(dead(next)));

    expect(expectTold(error, { code: 'CURRENT_REJECTED' }).key).toBe('TWILIO_AUTH_TOKEN');
  });

  test('probe and check say so of the token', async () => {
    const { probe, check, next } = await withNewKey(2 * minute);

    const errors = [(await probe(dead(next))).error, (await check(dead(next))).error];

    expect(errors.map((error) => expectTold(error).key)).toEqual([
      'TWILIO_AUTH_TOKEN',
      'TWILIO_AUTH_TOKEN',
    ]);
  });

  test('revoke holds no young key for dead', async () => {
    const { clock, revoke, current, next, works } = await withNewKey(2 * minute);

    const { error } = await clock.drive(revoke(next, dead(current)));
    await clock.advance(2 * minute);

    expect(expectTold(error, { code: 'CURRENT_REJECTED' }).key).toBe('TWILIO_AUTH_TOKEN');
    expect(await works(next)).toBe(true);
  });

  test('a key that is accepted needs no token to be', async () => {
    const { probe, current } = await startTwilio();

    expect((await probe(dead(current))).result).toBe('accepted');
  });
});
