import type { LocalClock } from '../../../src/local/clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved, one timer at a time. */
export class PacedClock implements LocalClock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  readonly #timers = new Set<Timer>();

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
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Moves to the next timer that is due by `end` (epoch ms) and fires it. False: there is none. */
  step(end: number): boolean {
    const next = this.#next(end);
    if (!next) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.due);
    next.callback();
    return true;
  }

  /** Moves to this time, past no timer. */
  jump(to: number): void {
    this.#now = Math.max(this.#now, to);
  }

  /** How long, in ms, each timer still waits; the shortest first. */
  waits(): readonly number[] {
    return [...this.#timers].map(({ due }) => due - this.#now).toSorted((a, b) => a - b);
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (!first || timer.due < first.due)) first = timer;
    }
    return first;
  }
}
