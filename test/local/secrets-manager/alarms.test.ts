import { expect, test, vi } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { Alarms } from '../../../src/local/secrets-manager/alarms.ts';

test('rings at its date even where the clock calls back too early', async () => {
  const clock = new DrivenClock();
  const impatient = {
    now: () => clock.now(),
    sleep: (ms: number) => clock.sleep(ms),
    after: (ms: number, callback: () => void) => clock.after(Math.min(ms, 1000), callback),
  };
  const ring = vi.fn<() => void>();
  new Alarms(impatient).set('key', new Date(clock.now().getTime() + 2500), ring);

  await clock.advance(2499);
  expect(ring).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(ring).toHaveBeenCalledOnce();
});

test('rings once for a key that is set twice, and never once it is closed', async () => {
  const clock = new DrivenClock();
  const alarms = new Alarms(clock);
  const ring = vi.fn<() => void>();
  const due = new Date(clock.now().getTime() + 1000);
  alarms.set('key', due, ring);
  alarms.set('key', due, ring);
  await clock.advance(1000);
  expect(ring).toHaveBeenCalledOnce();

  alarms.set('key', new Date(due.getTime() + 1000), ring);
  alarms.close();
  await clock.advance(5000);
  expect(ring).toHaveBeenCalledOnce();
});
