/** What became of attempts that follow one another. */
export interface Tally {
  readonly done: number;
  readonly failed: number;
  /** The longest time from one that succeeded to the next, with failed ones between them, in ms. */
  readonly longestRefusalMs: number;
}

/** Counts attempts of one caller, who makes one after another. */
export class Counting {
  #tally: Tally = { done: 0, failed: 0, longestRefusalMs: 0 };
  #succeededAt = performance.now();
  #isRefused = false;

  get tally(): Tally {
    return this.#tally;
  }

  async count(attempt: () => Promise<unknown>): Promise<void> {
    try {
      await attempt();
      this.#succeeded(performance.now());
    } catch {
      this.#isRefused = true;
      this.#tally = { ...this.#tally, failed: this.#tally.failed + 1 };
    }
  }

  #succeeded(now: number): void {
    const { done, failed, longestRefusalMs } = this.#tally;
    const refusalMs = this.#isRefused ? now - this.#succeededAt : 0;
    this.#tally = {
      done: done + 1,
      failed,
      longestRefusalMs: Math.max(longestRefusalMs, refusalMs),
    };
    this.#succeededAt = now;
    this.#isRefused = false;
  }
}
