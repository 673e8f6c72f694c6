import type { Clock } from './clock.ts';
import { type Log, logTo, type Tell } from './events.ts';
import { kindOf } from './failure-kind.ts';
import { backOff, type Limits, oldestServed } from './refresh-policy.ts';
import { SecretsError } from './secrets-error.ts';
import type { Snapshot } from './snapshot.ts';

interface Reading<Values extends object> {
  /** Answers `undefined` where no version has the label; throws a SecretsError. */
  readonly read: () => Promise<Snapshot<Values> | undefined>;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly tell: Tell;
  readonly log: Log;
}

/**
 * The version under AWSPREVIOUS or AWSPENDING. It is read only when somebody asks, one read at a
 * time, and is nothing that an application must have: what cannot be read is as good as not there,
 * and what was read before is forgotten when it is too old to be served.
 */
export class OtherVersion<Values extends object> {
  readonly #reading: Reading<Values>;
  #latest: Snapshot<Values> | undefined;
  #readAt = -Infinity;
  /** When it was last true that the latest has the label. */
  #trueAt = 0;
  #underWay: Promise<void> | undefined;
  #closed = false;
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
    if (this.#closed) return this.#latest;
    if (this.#underWay === undefined) {
      const isFresh = clock.now() - this.#readAt < maxAgeMs;
      if (isFresh || clock.now() < this.#notBefore) return this.#latest;
    }
    this.#underWay ??= this.#read().finally(() => (this.#underWay = undefined));
    await this.#underWay;
    return this.#latest;
  }

  /** No read from now on; what was seen last stays. */
  close(): void {
    this.#closed = true;
  }

  /** Takes a version for this one until it is read: what was current is the previous one. */
  assume(snapshot: Snapshot<Values> | undefined): void {
    this.#latest = snapshot;
    this.#readAt = -Infinity;
    this.#trueAt = this.#reading.clock.now();
    this.#assumed += 1;
  }

  async #read(): Promise<void> {
    const { read, clock } = this.#reading;
    const assumed = this.#assumed;
    try {
      const latest = await read();
      this.#failures = 0;
      if (assumed !== this.#assumed) return;
      this.#latest = latest;
      this.#readAt = clock.now();
      this.#trueAt = this.#readAt;
    } catch (error) {
      if (error instanceof SecretsError) this.#failed(error);
      else throw error;
    }
  }

  #failed(error: SecretsError): void {
    const { clock, limits, tell, log } = this.#reading;
    const kind = kindOf(error);
    this.#failures += 1;
    this.#notBefore = clock.now() + backOff(this.#failures, clock.random);
    // A version that cannot be used is there, and it is not the one from before.
    const isOver = kind === 'invalid' || clock.now() - this.#trueAt >= oldestServed(limits, kind);
    if (isOver) this.#latest = undefined;
    tell('error', { error });
    logTo(log, 'warn', `${error.message} [${error.code}]`);
  }
}
