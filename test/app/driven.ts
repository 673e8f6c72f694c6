import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/app/clock.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';

/** A driven clock that waits for the network, too, before it goes on to the next timer. */
export class PatientClock extends DrivenClock {
  readonly #settled: () => Promise<void>;
  readonly #dues = new Set<{ readonly at: number }>();

  constructor(settled: () => Promise<void> = rested) {
    super();
    this.#settled = settled;
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#dues.size;
  }

  override after(ms: number, callback: () => void): () => void {
    // As Node's timers: the time that is asked is in whole milliseconds, too.
    const whole = Math.max(0, Math.ceil(ms));
    const due = { at: this.now().getTime() + whole };
    this.#dues.add(due);
    const callOff = super.after(whole, () => {
      this.#dues.delete(due);
      callback();
    });
    return () => {
      this.#dues.delete(due);
      callOff();
    };
  }

  override async advance(ms: number): Promise<void> {
    const end = this.now().getTime() + ms;
    await this.#settled();
    for (let next = this.#next(); next <= end; next = this.#next()) {
      await super.advance(Math.max(0, next - this.now().getTime()));
      await this.#settled();
    }
    await super.advance(end - this.now().getTime());
  }

  /** Moves from timer to timer until the work is done. */
  override async drive<T>(work: Promise<T>): Promise<T> {
    const state = { done: false };
    const watched = work.finally(() => (state.done = true));
    watched.catch(() => undefined);
    await this.#settled();
    while (!state.done) {
      const next = this.#next();
      if (next < Infinity) await this.advance(Math.max(0, next - this.now().getTime()));
      else await this.#settled();
    }
    return watched;
  }

  #next(): number {
    return Math.min(...[...this.#dues].map(({ at }) => at));
  }
}

/** Long enough for chains of promises, not for the network. */
export async function rested(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await setImmediate();
}

/** The clock as the application's side takes it. */
export const clockOn = (driven: DrivenClock, random: () => number = () => 0.5): Clock => ({
  now: () => driven.now().getTime(),
  random: () => random(),
  after: (ms, callback) => driven.after(ms, callback),
  sleep: (ms, signal) => driven.sleep(ms, signal).catch(() => undefined),
});
