import type { Clock } from './clock.ts';
import type { Tell } from './events.ts';
import { backOff } from './refresh-policy.ts';
import { SecretsError } from './secrets-error.ts';
import type { Snapshot } from './snapshot.ts';

interface Reading<Values extends object> {
  /** Answers `undefined` where no version has the label; throws a SecretsError. */
  readonly read: () => Promise<Snapshot<Values> | undefined>;
  readonly clock: Clock;
  readonly tell: Tell;
}

/**
 * The version under AWSPREVIOUS or AWSPENDING. It is read only when somebody asks, one read at a
 * time, and is nothing that an application must have: what cannot be read is as good as not there.
 */
export class OtherVersion<Values extends object> {
  readonly #reading: Reading<Values>;
  #latest: Snapshot<Values> | undefined;
  #readAt = -Infinity;
  #underWay: Promise<void> | undefined;
  #failures = 0;
  #notBefore = 0;
  /** Counts what was assumed: a read that began before knows less. */
  #assumed = 0;

  constructor(reading: Reading<Values>) {
    this.#reading = reading;
  }

  /** What was seen last, without a read. */
  get known(): Snapshot<Values> | undefined {
    return this.#latest;
  }

  /** What is there now, or was at most so many ms ago. Never throws. */
  async within(maxAgeMs: number): Promise<Snapshot<Values> | undefined> {
    const { clock } = this.#reading;
    if (this.#underWay === undefined) {
      const isFresh = clock.now() - this.#readAt < maxAgeMs;
      if (isFresh || clock.now() < this.#notBefore) return this.#latest;
    }
    this.#underWay ??= this.#read().finally(() => (this.#underWay = undefined));
    await this.#underWay;
    return this.#latest;
  }

  /** Takes a version for this one until it is read: what was current is the previous one. */
  assume(snapshot: Snapshot<Values> | undefined): void {
    this.#latest = snapshot;
    this.#readAt = -Infinity;
    this.#assumed += 1;
  }

  async #read(): Promise<void> {
    const { read, clock, tell } = this.#reading;
    const assumed = this.#assumed;
    try {
      const latest = await read();
      this.#failures = 0;
      if (assumed !== this.#assumed) return;
      this.#latest = latest;
      this.#readAt = clock.now();
    } catch (error) {
      this.#failures += 1;
      this.#notBefore = clock.now() + backOff(this.#failures, clock.random);
      if (error instanceof SecretsError) tell('error', { error });
    }
  }
}
