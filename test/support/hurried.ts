import type { Clock } from '../../src/rotation/clock.ts';

/** A clock on which time runs so many times as fast: waits of seconds become milliseconds. */
export function hurried(clock: Clock, times: number): Clock {
  const start = clock.now().getTime();
  return {
    now: () => new Date(start + (clock.now().getTime() - start) * times),
    sleep: (ms, signal) => clock.sleep(ms / times, signal),
  };
}
