import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rollBackIn } from '../../rotation/support/roll-back.ts';
import { codeOf, steps } from '../../rotation/support/world.ts';
import { allWork, noneWorks, startShared } from './shared-secret.ts';

const hour = 3_600_000;

test('the auth token and two API keys rotate in one secret, again and again', async () => {
  const { world, keys, pass, accepted, broken, twilio, sid } = await startShared();

  for (let n = 0; n < 3; n++) {
    const before = world.current();
    await world.rotate();
    const after = world.current();

    expect(await accepted(after)).toEqual(allWork);
    expect(await accepted(before)).toEqual(allWork);
    expect(new Set([...Object.values(before), ...Object.values(after)]).size).toBe(11);

    await pass(hour);
    await world.reconcile();
    expect(await accepted(before)).toEqual({ ...allWork, token: false });
    expect(await accepted(after)).toEqual(allWork);

    await pass(24 * hour);
    await world.reconcile();
    expect(await accepted(before)).toEqual(noneWorks);
    expect(await accepted(after)).toEqual(allWork);
    expect(twilio.secondaryOf(sid)).toBeUndefined();
    expect(keys()).toHaveLength(2);
  }
  expect(broken).toEqual([]);
});

test('a rotation is taken back within the grace, and the next one starts from there', async () => {
  const { world, keys, pass, accepted, broken, twilio, sid } = await startShared();
  await pass(1_000);
  const before = world.current();
  await world.rotate();
  const undone = world.current();

  expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });

  expect(world.current()).toEqual(before);
  expect(await accepted(before)).toEqual(allWork);
  await pass(25 * hour);
  await world.reconcile();
  expect(await accepted(undone)).toEqual(noneWorks);
  expect(await accepted(before)).toEqual(allWork);

  await world.rotate();
  expect(await accepted(world.current())).toEqual(allWork);
  await pass(25 * hour);
  await world.reconcile();
  expect(await accepted(before)).toEqual(noneWorks);
  expect(await accepted(world.current())).toEqual(allWork);
  expect([twilio.secondaryOf(sid), keys().length]).toEqual([undefined, 2]);
  expect(broken).toEqual([]);
});

test('a new key that Twilio never comes to know is taken back with everything else', async () => {
  const { world, pass, accepted, broken, twilio, sid, keys } = await startShared();
  const before = world.current();
  const token = await world.rotate('createSecret');
  const { VIDEO_KEY_SID: made = '' } = world.pending();
  const { TWILIO_AUTH_TOKEN: owner = '' } = before;
  await endKey(twilio, { sid, token: owner, key: made });

  expect(await codeOf(world.run('setSecret', token))).toBe('PENDING_REJECTED');

  expect(world.at('AWSPENDING')).toBeUndefined();
  expect(world.current()).toEqual(before);
  expect(await accepted(before)).toEqual(allWork);
  expect([twilio.secondaryOf(sid), keys().length]).toEqual([undefined, 2]);
  await pass(1_000);
  await world.rotate();
  expect(await accepted(world.current())).toEqual(allWork);
  expect(broken).toEqual([]);
});

/** As a person in the console does. */
async function endKey(
  twilio: Awaited<ReturnType<typeof startShared>>['twilio'],
  { sid, token, key }: { sid: string; token: string; key: string },
) {
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  const url = `http://twilio.test/v1/Keys/${key}`;
  const { status } = await twilio.fetch(
    new Request(url, { method: 'DELETE', headers: { authorization } }),
  );
  expect(status).toBe(204);
}

const act = fc.record({
  does: fc.constantFrom('rotate', 'break off', 'take up', 'reconcile', 'roll back'),
  /** How far a rotation comes that is broken off. */
  last: fc.constantFrom(...steps),
  passes: fc.constantFrom(1_000, 600_000, 2 * hour, 25 * hour),
  /** The call to Twilio that fails, of those in this act. */
  fault: fc.option(
    fc.record({
      at: fc.integer({ min: 1, max: 14 }),
      kind: fc.constantFrom('rate-limited', 'unavailable', 'answer-lost'),
    }),
    { nil: undefined },
  ),
});

test(
  'whatever is rotated, broken off, taken back and lost, what is published works, and nothing stays behind',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 7 }), async (acts) => {
        const { world, twilio, pass, accepted, broken, keys, sid } = await startShared();
        for (const { does, last, passes, fault } of acts) {
          let calls = 0;
          twilio.behaviour.fault = () => (++calls === fault?.at ? fault.kind : undefined);
          if (does === 'rotate') await codeOf(world.rotate());
          if (does === 'break off') await codeOf(world.rotate(last));
          if (does === 'reconcile') await codeOf(world.reconcile());
          if (does === 'roll back') await codeOf(rollBackIn(world));
          const { versionId: pending = '' } = world.at('AWSPENDING') ?? {};
          for (const step of does === 'take up' && pending ? steps : []) {
            await codeOf(world.run(step, pending));
          }
          twilio.behaviour.fault = () => undefined;
          await pass(passes);

          expect(await accepted(world.current())).toEqual(allWork);
        }

        for (let n = 0; n < 2; n++) {
          await world.rotate();
          await pass(25 * hour);
          await world.reconcile();
        }
        expect(await accepted(world.current())).toEqual(allWork);
        expect([twilio.secondaryOf(sid), keys().length]).toEqual([undefined, 2]);
        expect(broken).toEqual([]);
      }),
      { numRuns: 12 },
    ),
  120_000,
);
