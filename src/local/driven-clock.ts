import type { LocalClock } from './clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move. Timers fire in the order of their times. */
export class DrivenClock implements LocalClock {
  #now: number;
  readonly #timers = new Set<Timer>();
  #sleepers = 0;
  /** Settles when the first one falls asleep; another takes its place when all are awake. */
  #asleep = Promise.withResolvers<void>();

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

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.#sleepers += 1;
    this.#asleep.resolve();
    try {
      await this.#slept(ms, signal);
    } finally {
      this.#sleepers -= 1;
      if (this.#sleepers === 0) this.#asleep = Promise.withResolvers();
    }
  }

  #slept(ms: number, signal?: AbortSignal): Promise<void> {
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
   * Moves from timer to timer until `work` is settled, and only while something sleeps on this
   * clock: real work, such as an answer over the network, takes as long as it takes.
   */
  async drive<T>(work: Promise<T>): Promise<T> {
    const state = { settled: false };
    const settled = () => void (state.settled = true);
    const over = work.then(settled, settled);
    while (!state.settled) {
      await Promise.race([over, this.#asleep.promise]);
      await settle();
      const next = state.settled || this.#sleepers === 0 ? undefined : this.#next(Infinity);
      if (next) await this.advance(next.due - this.#now);
    }
    return work;
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
