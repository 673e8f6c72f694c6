import { setTimeout as setTimeoutPromise } from 'node:timers/promises';

/** Time and chance, so that a test can drive them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to below 1; for jitter, never for secrets. */
  readonly random: () => number;
  /** Calls back once after so many ms, without keeping the process alive. Answers what calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** Waits, and keeps the process alive meanwhile. Ends early, without an error, by the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node's timers overflow beyond it, and would fire at once. In ms. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimer));
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) =>
    setTimeoutPromise(ms, undefined, signal && { signal }).catch(() => undefined),
};
