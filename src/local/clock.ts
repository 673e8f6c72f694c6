import { systemClock } from '../handlers/system-clock.ts';
import type { Clock } from '../rotation/clock.ts';

/** The stand-ins' clock: the protocol's, and timers that can be called off. */
export interface LocalClock extends Clock {
  /** Calls back once, `ms` milliseconds from now. Answers a function that calls it off. */
  after(ms: number, callback: () => void): () => void;
}

/** Real time. Its timers do not keep the process alive; its sleeps do. */
export const realClock: LocalClock = {
  ...systemClock,
  after(ms, callback) {
    // Node's timers overflow at 2^31 ms and would fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
