import type { LocalClock } from './clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move. Timers fire in the order of their times. */
export class DrivenClock implements LocalClock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        cancel();
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a signal's reason is an error
        reject(signal?.reason);
      };
      const cancel = this.after(ms, resolve);
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Moves `ms` milliseconds on, letting pending work settle after each timer that falls due. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  /**
   * Lets real work run and moves to the next timer whenever nothing else happens, until `work` is
   * settled. For a whole rotation against real servers under a clock that is driven.
   */
  async drive<T>(work: Promise<T>): Promise<T> {
    const state = { settled: false };
    const watched = work.finally(() => (state.settled = true));
    watched.catch(() => undefined);
    while (!state.settled) {
      await quiet();
      const next = state.settled ? undefined : this.#next(Infinity);
      if (next) await this.advance(next.due - this.#now);
    }
    return watched;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (!first || timer.due < first.due)) first = timer;
    }
    return first;
  }
}

/** Long enough for promise chains to run on, not for network traffic. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Long enough for loopback traffic that is under way to be answered. */
const quiet = () => new Promise<void>((resolve) => setTimeout(resolve, 15));
