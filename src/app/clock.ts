import { setTimeout as setTimeoutPromise } from 'node:timers/promises';

/** Time and chance, so that a test can drive them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Cheaper, for what is asked all the time; it may be set. Default: `now`. */
  readonly glance?: () => number;
  /** From 0 to below 1; for jitter, never for secrets. */
  readonly random: () => number;
  /** Calls back once after so many ms, without keeping the process alive. Answers what calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** Waits, and keeps the process alive meanwhile. Ends early, without an error, by the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node's timers overflow beyond it, and would fire at once. They cut off what is less than 1. In ms. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: steadyTime(),
  glance: () => Date.now(),
  random: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(ms) + 1, longestTimer));
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) =>
    setTimeoutPromise(ms, undefined, signal && { signal }).catch(() => undefined),
};

/** A second of difference is a clock that was set, or a machine that slept. In ms. */
const noticed = 1_000;

/**
 * The time of day as it was at first, and from then on what has passed. A clock that is set back does
 * not stop it, as it would stop everything that waits for a moment; sleep and freezing count.
 */
function steadyTime(): () => number {
  const origin = Date.now() - performance.now();
  let then = { day: Date.now(), run: performance.now() };
  let slept = 0;

  return function now() {
    const [day, run] = [Date.now(), performance.now()];
    const ahead = day - then.day - (run - then.run);
    if (Math.abs(ahead) > noticed) {
      slept += Math.max(ahead, 0);
      then = { day, run };
    }
    return Math.floor(origin + slept + run);
  };
}
