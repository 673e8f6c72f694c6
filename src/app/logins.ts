import type { Clock } from './clock.ts';
import type { Trial } from './trial.ts';

/** The password of a new connection. */
interface Login {
  readonly key: string;
  readonly value: unknown;
  /** What the connection was opened as a part of. */
  readonly trial: Trial | undefined;
}

/** Passwords of the connections that were opened during an attempt, by key. */
export interface Passwords {
  /** Those that it gave itself. */
  readonly own: Map<string, unknown>;
  /** Those that were given elsewhere: a pool may open its connection as a part of something else. */
  readonly others: Map<string, Set<unknown>>;
}

/** A search for a password that works. */
export interface Search {
  /** What its attempts have passwords by. */
  readonly follow: (trial: Trial) => Passwords;
  /**
   * What was refused, by key: it is not given outside of trials where there is another, for a minute or
   * until the last search ends. Of several keys it is not known which one it was.
   */
  readonly refused: (values: ReadonlyMap<string, unknown>) => void;
  readonly accepted: (values: ReadonlyMap<string, unknown>) => void;
  readonly end: () => void;
}

/** So many refusals are remembered of a key: the values of current, pending and previous, and an older one. */
const most = 4;

/** And so long, in ms: a search can be a whole life of a worker that it let in. */
const longest = 60_000;

interface Refusal {
  readonly value: unknown;
  /** In ms since 1970. */
  readonly at: number;
}

/** Which passwords were given to new connections while anybody searches for one that works. */
export class Logins {
  readonly #followed = new Map<object, { readonly trial: Trial; readonly passwords: Passwords }>();
  readonly #searches = new Set<object>();
  readonly #refusals = new Map<string, readonly Refusal[]>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ key, value, trial }: Login): void {
    for (const { trial: followed, passwords } of this.#followed.values()) {
      if (followed === trial) passwords.own.set(key, value);
      else passwords.others.set(key, (passwords.others.get(key) ?? new Set()).add(value));
    }
  }

  /** Values of a key that were refused, the earliest first; none while nobody searches. */
  refusals(key: string): readonly unknown[] {
    const since = this.#clock.now() - longest;
    return (this.#refusals.get(key) ?? []).filter(({ at }) => at > since).map(({ value }) => value);
  }

  search(): Search {
    const search = {};
    this.#searches.add(search);
    return {
      follow: (trial) => {
        const passwords: Passwords = { own: new Map(), others: new Map() };
        this.#followed.set(search, { trial, passwords });
        return passwords;
      },
      refused: (values) => {
        if (values.size > 1) return;
        const at = this.#clock.now();
        for (const [key, value] of values) {
          this.#refusals.set(key, [...this.#othersThan(value, key), { value, at }].slice(-most));
        }
      },
      accepted: (values) => {
        for (const [key, value] of values) this.#refusals.set(key, this.#othersThan(value, key));
      },
      end: () => {
        this.#followed.delete(search);
        this.#searches.delete(search);
        if (this.#searches.size === 0) this.#refusals.clear();
      },
    };
  }

  #othersThan(value: unknown, key: string): readonly Refusal[] {
    return (this.#refusals.get(key) ?? []).filter((one) => !Object.is(one.value, value));
  }
}
