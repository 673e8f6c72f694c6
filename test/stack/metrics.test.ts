import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { emittedIn } from '../handlers/support/embedded-metrics.ts';
import { startRig, type Rig } from './support.ts';

const Secret = production.secretName;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ grace: '2s' });
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.metrics.length = 0;
});

const emitted = () => rig.metrics.map(emittedIn);

/** All that was measured, by name, however many invocations it took. */
const measured = () =>
  Object.fromEntries(emitted().flatMap(({ metrics }) => Object.entries(metrics)));

const time = expect.any(Number);
const finished = {
  ReconcileBooked: [1, 1],
  RotationDuration: time,
  RotationFinished: 1,
  RotationStarted: 1,
  SwitchGap: time,
};

test('a whole rotation, in eleven calls, and the end of its grace', async () => {
  const { outcome, calls } = await rig.rotate();

  expect({ outcome, calls: calls.length }).toEqual({ outcome: 'RotationSucceeded', calls: 11 });
  expect(emitted().map(({ dimensions }) => dimensions)).toEqual([[{ Secret }], [{ Secret }]]);
  expect(measured()).toEqual(finished);
  const { RotationDuration, SwitchGap } = measured();
  expect(RotationDuration).toBeGreaterThan(Number(SwitchGap));
  expect(SwitchGap).toBeGreaterThan(0);

  await vi.waitFor(() => expect(measured()).toEqual({ ...finished, ReconcileDone: 1 }), {
    timeout: 8_000,
  });
}, 15_000);

test('a rotation that is delayed finishes with a later attempt', async () => {
  let calls = 0;
  rig.stack.twilio.behaviour.fault = () => (++calls === 3 ? 'unavailable' : undefined);

  const { outcome } = await rig.rotate();
  rig.stack.twilio.behaviour.fault = () => undefined;

  expect(outcome).toBe('RotationSucceeded');
  expect(emitted()).toContainEqual({
    dimensions: [{ Secret }, { Secret, Code: 'UNREACHABLE' }],
    metrics: { RotationDelayed: 1 },
  });
  expect(measured()).toMatchObject({ RotationStarted: 1, RotationFinished: 1 });
});
