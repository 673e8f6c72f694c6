import { expect, test } from 'vitest';
import { DrivenClock } from '../../src/local/driven-clock.ts';

const begin = Date.parse('2026-01-01T00:00:00Z');
const hour = 3_600_000;

test('stands still while the driven work waits for something real', async () => {
  const clock = new DrivenClock();
  const rung: number[] = [];
  clock.after(hour, () => void rung.push(clock.now().getTime()));

  await clock.drive(new Promise((resolve) => setTimeout(resolve, 50)));

  expect(clock.now().getTime()).toBe(begin);
  expect(rung).toEqual([]);
});

test('moves on to where a sleeper wakes, past the timers that fall due before', async () => {
  const clock = new DrivenClock();
  const rung: number[] = [];
  const ring = () => void rung.push(clock.now().getTime() - begin);
  clock.after(hour, ring);
  clock.after(3 * hour, ring);

  await clock.drive(clock.sleep(2 * hour));

  expect(clock.now().getTime() - begin).toBe(2 * hour);
  expect(rung).toEqual([hour]);
});

test('moves on for one who falls asleep after real work', async () => {
  const clock = new DrivenClock();
  const work = async () => {
    for (let nap = 0; nap < 3; nap += 1) {
      await new Promise(setImmediate);
      await clock.sleep(hour);
    }
  };

  await clock.drive(work());

  expect(clock.now().getTime() - begin).toBe(3 * hour);
});

test('rejects as the driven work does, also while somebody else sleeps on', async () => {
  const clock = new DrivenClock();
  void clock.sleep(hour);

  await expect(clock.drive(Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(clock.now().getTime()).toBe(begin);
});
