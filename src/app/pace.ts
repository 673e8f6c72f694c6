import type { Clock } from './clock.ts';
import { kindOf } from './failure-kind.ts';
import { backOff, dueAfter, type Limits, oldestServed } from './refresh-policy.ts';
import type { SecretsError } from './secrets-error.ts';

/** When a value is read next, and until when it is served, by what came of the reads so far. */
export class Pace {
  readonly #limits: Limits;
  readonly #clock: Clock;
  /** The failure of the last read; undefined where that succeeded. */
  failure: SecretsError | undefined;
  /** In ms since 1970, as all of these are. */
  nextReadAt = 0;
  /** Until then no read at all, whoever asks. */
  noReadUntil = 0;
  /** While reads fail. */
  servedUntil = Infinity;
  #failures = 0;
  /** When a version was read last, one that cannot be used included. */
  #heardAt = 0;

  constructor({ limits, clock }: { readonly limits: Limits; readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Until then a value may be served without a further thought. */
  get carefreeUntil(): number {
    return Math.min(this.nextReadAt, this.servedUntil);
  }

  succeeded(): void {
    this.failure = undefined;
    this.#failures = 0;
    this.#heard();
  }

  failed(failure: SecretsError, { hasValue }: { readonly hasValue: boolean }): void {
    const kind = kindOf(failure);
    this.failure = failure;
    this.#failures += 1;
    // What cannot be used was read all the same: the next read is due as ever.
    if (kind === 'invalid' && hasValue) return this.#heard();
    this.nextReadAt = this.#clock.now() + backOff(this.#failures, this.#clock.random);
    this.noReadUntil = this.nextReadAt;
    // What was refused stays so, whatever fails afterwards.
    const until = this.#heardAt + oldestServed(this.#limits, kind);
    this.servedUntil = Math.min(this.servedUntil, until);
  }

  #heard(): void {
    this.#heardAt = this.#clock.now();
    this.nextReadAt = this.#heardAt + dueAfter(this.#limits, this.#clock.random);
    this.noReadUntil = 0;
    this.servedUntil = Infinity;
  }
}
