import type { PacedClock } from './paced-clock.ts';

/** Turns of the event loop after which what can go on has gone on. */
const quietTurns = 4;

/** How often, 2 ms apart, it is waited for what no timer will bring. */
const patience = 500;

/** How long, in ms, an invocation may be at work between two calls. */
const longestWorkMs = 60_000;

interface PaceOf {
  readonly clock: PacedClock;
  /** Looks at the world: after everything that happens. */
  readonly look: () => Promise<void>;
  /** Whether an invocation computes something, which takes no time of the world's. */
  readonly isAtWork: () => boolean;
}

/** Moves a world's clock only when nothing else can happen, and looks at the world after each move. */
export class Pace {
  readonly #clock: PacedClock;
  readonly #look: () => Promise<void>;
  readonly #isAtWork: () => boolean;
  #underWay = 0;
  #waits = 0;

  constructor({ clock, look, isAtWork }: PaceOf) {
    this.#clock = clock;
    this.#look = look;
    this.#isAtWork = isAtWork;
  }

  /** Does what takes real time, while which the clock stands, and looks at the world after it. */
  async carry<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      await this.#look();
      this.#underWay -= 1;
    }
  }

  /** Moves the clock from timer to timer until the work is settled. */
  async drive<T>(work: Promise<T>): Promise<T> {
    const state = { settled: false };
    const watched = work.finally(() => (state.settled = true));
    watched.catch(() => undefined);
    for (;;) {
      await this.#quiet();
      if (state.settled) return watched;
      if (this.#clock.step(Infinity)) await this.#look();
      else await this.#wait();
    }
  }

  /** Moves the clock by so many ms, from timer to timer. */
  async pass(ms: number): Promise<void> {
    const end = this.#clock.now().getTime() + ms;
    await this.#quiet();
    while (this.#clock.step(end)) {
      await this.#quiet();
      await this.#look();
    }
    this.#clock.jump(end);
    await this.#look();
  }

  /** Where not even a timer is left, something slow is under way: a module that is being loaded. */
  async #wait(): Promise<void> {
    this.#waits += 1;
    if (this.#waits > patience) throw new Error('The world stands still.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** Resolves when nothing is on its way, and what was answered has been worked on. */
  async #quiet(): Promise<void> {
    for (let turn = 0; turn < quietTurns; turn += 1) {
      await new Promise(setImmediate);
      if (this.#underWay > 0) turn = 0;
      else if (turn > 0 && this.#isAtWork()) turn = await this.#work();
    }
  }

  /** A key is being derived, or a module loaded. */
  async #work(): Promise<0> {
    const until = performance.now() + longestWorkMs;
    while (this.#isAtWork() && this.#underWay === 0) {
      if (performance.now() > until) throw new Error('An invocation does not come to its end.');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return 0;
  }
}
