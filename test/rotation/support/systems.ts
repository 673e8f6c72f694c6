import type { Timeline } from './timeline.ts';

/** A service of the test's own, with credentials that it really accepts or refuses. */
export interface System {
  readonly name: string;
  accepts(value: string): boolean;
}

/** Holds two credentials at most, as Twilio does with its auth tokens. */
export class DualService implements System {
  readonly name: string;
  readonly #timeline: Timeline;
  readonly #accepted: Set<string>;
  /** How many credentials there is room for. */
  room = 2;
  readonly #length: number;
  #made = 0;

  constructor(name: string, first: string, timeline: Timeline) {
    this.name = name;
    this.#accepted = new Set([first]);
    this.#length = first.length;
    this.#timeline = timeline;
  }

  accepts(value: string): boolean {
    return this.#accepted.has(value);
  }

  get accepted(): readonly string[] {
    return [...this.#accepted];
  }

  logIn(value: string): Promise<boolean> {
    return this.#timeline.around(`${this.name}.log-in`, () => this.accepts(value));
  }

  /** Makes a credential of its own, as long as the first one, and accepts it from now on. */
  make(): Promise<string> {
    return this.#timeline.around(`${this.name}.make`, () => {
      this.#made += 1;
      return this.#add(`${this.name}-made-value-${this.#made}`.padEnd(this.#length, '-'));
    });
  }

  /** Accepts a credential that somebody else made. */
  add(value: string): Promise<string> {
    return this.#timeline.around(`${this.name}.add`, () => this.#add(value));
  }

  remove(value: string): Promise<void> {
    return this.#timeline.around(`${this.name}.remove`, () => this.forget(value));
  }

  /** As somebody outside of Keyturn would: not on the timeline. */
  forget(value: string): void {
    this.#accepted.delete(value);
  }

  #add(value: string): string {
    this.#accepted.add(value);
    if (this.#accepted.size > this.room) throw new Error(`${this.name} has no room for another`);
    return value;
  }
}

/** Holds one credential: setting another ends the first. */
export class SingleService implements System {
  readonly name: string;
  readonly #timeline: Timeline;
  #value: string;

  constructor(name: string, first: string, timeline: Timeline) {
    this.name = name;
    this.#value = first;
    this.#timeline = timeline;
  }

  accepts(value: string): boolean {
    return this.#value === value;
  }

  logIn(value: string): Promise<boolean> {
    return this.#timeline.around(`${this.name}.log-in`, () => this.accepts(value));
  }

  rehearse(): Promise<void> {
    return this.#timeline.around(`${this.name}.rehearse`, () => undefined);
  }

  set(value: string): Promise<void> {
    return this.#timeline.around(`${this.name}.set`, () => this.drift(value));
  }

  /** As somebody outside of Keyturn would: not on the timeline. */
  drift(value: string): void {
    this.#value = value;
  }
}
