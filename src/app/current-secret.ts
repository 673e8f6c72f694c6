import type { Clock } from './clock.ts';
import type { Log, Tell } from './events.ts';
import { kindOf } from './failure-kind.ts';
import { backOff, dueAfter, type Limits, oldestServed } from './refresh-policy.ts';
import { SecretsError } from './secrets-error.ts';
import type { Snapshot } from './snapshot.ts';

export interface Watched<Values extends object> {
  /** Reads and checks the current version; throws a SecretsError. */
  readonly read: () => Promise<Snapshot<Values>>;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Whether a timer refreshes, or only a call does. */
  readonly byTimer: boolean;
  /** Called with the version from before, when another one is current. */
  rotated(before: Snapshot<Values>): void;
  readonly tell: Tell;
  readonly log: Log;
}

/**
 * The version under AWSCURRENT: kept in memory, read anew before it is too old, served on for a while
 * when that fails. One read at a time; after a failure none until its back-off is over.
 */
export class CurrentSecret<Values extends object> {
  readonly #watched: Watched<Values>;
  #latest: Snapshot<Values> | undefined;
  #reading: Promise<Snapshot<Values>> | undefined;
  /** Until then the latest may be served without a further thought. In ms since 1970. */
  #carefreeUntil = 0;
  #nextReadAt = 0;
  #failures = 0;
  #failure: SecretsError | undefined;
  #callOff: () => void = () => undefined;
  #closed = false;

  constructor(watched: Watched<Values>) {
    this.#watched = watched;
  }

  /** The latest that may be served; starts a read in the background where one is due. Throws. */
  get(): Snapshot<Values> {
    const { clock } = this.#watched;
    if (this.#latest === undefined || clock.now() >= this.#carefreeUntil) this.#consider();
    return this.#usable();
  }

  /** The latest there is, whether or not it may be served. Reads nothing. */
  peek(): Snapshot<Values> | undefined {
    return this.#latest;
  }

  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** Age of the latest in ms. */
  age(): number | undefined {
    return this.#latest && this.#watched.clock.now() - this.#latest.fetchedAt;
  }

  /** Waits for a value where there is none, or none within its TTL and nothing has failed. Throws. */
  async ready(): Promise<Snapshot<Values>> {
    const { limits } = this.#watched;
    const isYoung = (this.age() ?? Infinity) <= limits.ttl;
    if (this.#latest === undefined) return this.refresh();
    if (!isYoung && this.#failures === 0) await this.refresh().catch(() => undefined);
    return this.get();
  }

  /** Reads now, joining a read under way. Throws without a call while an earlier failure is backed off from. */
  refresh(): Promise<Snapshot<Values>> {
    if (this.#reading) return this.#reading;
    if (this.#failure && this.#watched.clock.now() < this.#nextReadAt) {
      return Promise.reject(this.#failure);
    }
    this.#reading = this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** No read from now on; the latest is served as it is. */
  close(): void {
    this.#closed = true;
    this.#callOff();
  }

  #consider(): void {
    if (this.#closed || this.#reading || this.#watched.clock.now() < this.#nextReadAt) return;
    this.#inBackground();
  }

  #inBackground(): void {
    // It was told by then.
    this.refresh().catch(() => undefined);
  }

  #usable(): Snapshot<Values> {
    if (this.#latest === undefined) throw this.#failure ?? notLoaded();
    if (this.#failure && !this.#closed && this.#watched.clock.now() >= this.#servedUntil()) {
      throw tooOld(this.#failure);
    }
    return this.#latest;
  }

  #servedUntil(): number {
    const { limits } = this.#watched;
    const oldest = this.#failure ? oldestServed(limits, kindOf(this.#failure)) : Infinity;
    return (this.#latest?.fetchedAt ?? 0) + oldest;
  }

  async #read(): Promise<Snapshot<Values>> {
    const { read, clock } = this.#watched;
    const began = clock.now();
    try {
      const snapshot = await read();
      this.#took(snapshot, clock.now() - began);
      return snapshot;
    } catch (error) {
      const failure = error instanceof SecretsError ? error : unexpected();
      this.#failed(failure);
      throw failure;
    }
  }

  #took(snapshot: Snapshot<Values>, ms: number): void {
    const { tell, limits, clock } = this.#watched;
    const before = this.#latest;
    const { versionId: to } = snapshot;
    this.#latest = snapshot;
    this.#failures = 0;
    this.#failure = undefined;
    this.#await(dueAfter(limits, clock.random));
    tell('refresh', { versionId: to, changed: before?.versionId !== to, ms });
    if (before === undefined || before.versionId === to) return;
    this.#watched.rotated(before);
    tell('rotated', { from: before.versionId, to });
  }

  #failed(failure: SecretsError): void {
    const { tell, log, limits, clock } = this.#watched;
    const kind = kindOf(failure);
    this.#failures += 1;
    this.#failure = failure;
    // What cannot be used was read all the same: the next read is due as ever.
    const refused = kind === 'invalid' && this.#latest !== undefined;
    this.#await(refused ? dueAfter(limits, clock.random) : backOff(this.#failures, clock.random));
    tell('error', { error: failure });
    const ageMs = this.age();
    if (ageMs !== undefined) tell('stale', { ageMs, error: failure });
    log[kind === 'transient' ? 'warn' : 'error'](this.#said(failure, ageMs));
  }

  #said(failure: SecretsError, ageMs: number | undefined): string {
    if (ageMs === undefined) return `${failure.message} [${failure.code}]`;
    const left = this.#servedUntil() - this.#watched.clock.now();
    const meanwhile =
      left > 0
        ? `The version from ${inSeconds(ageMs)} ago is served ${left === Infinity ? 'on' : `for ${inSeconds(left)} more`}.`
        : `The version from ${inSeconds(ageMs)} ago is too old to be served.`;
    return `${failure.message} ${meanwhile} [${failure.code}]`;
  }

  #await(ms: number): void {
    const { clock, byTimer } = this.#watched;
    this.#nextReadAt = clock.now() + ms;
    this.#carefreeUntil = Math.min(this.#nextReadAt, this.#servedUntil());
    this.#callOff();
    if (byTimer && !this.#closed) this.#callOff = clock.after(ms, () => this.#inBackground());
  }
}

const inSeconds = (ms: number) => `${Math.round(ms / 1_000)} s`;

const notLoaded = () =>
  new SecretsError(
    'SECRET_NOT_LOADED',
    'No value has been read yet. Wait for ready() once, when the application starts.',
  );

const unexpected = () =>
  new SecretsError('SECRET_UNREACHABLE', 'Reading the secret failed in a way that is not known.');

const tooOld = (failure: SecretsError) =>
  new SecretsError(
    'SECRET_TOO_OLD',
    `What is in memory is too old to be served. ${failure.message}`,
    failure.cause,
  );
