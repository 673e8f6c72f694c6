import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from './clock.ts';
import { type Log, logTo, type Tell } from './events.ts';
import { kindOf } from './failure-kind.ts';
import { deadline } from './fetch-version.ts';
import { Pace } from './pace.ts';
import type { Limits } from './refresh-policy.ts';
import { SecretsError } from './secrets-error.ts';
import type { Snapshot } from './snapshot.ts';
import { notLoaded, toldFailure, tooOld, unexpected } from './told-failure.ts';

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
  readonly #pace: Pace;
  readonly #glance: () => number;
  /** Whoever came first is not who all later reads are made for. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #latest: Snapshot<Values> | undefined;
  #reading: Promise<Snapshot<Values>> | undefined;
  #readingSince = 0;
  /** By a glance at the clock: while nothing has to be thought of. A clock that was set ends it. */
  #carefree = { from: 0, until: 0 };
  #callOff: () => void = () => undefined;
  #closed = false;

  constructor(watched: Watched<Values>) {
    this.#watched = watched;
    this.#pace = new Pace(watched);
    const { clock } = watched;
    this.#glance = clock.glance ?? (() => clock.now());
  }

  /** The latest that may be served; starts a read in the background where one is due. Throws. */
  get(): Snapshot<Values> {
    const fresh = this.fresh();
    if (fresh) return fresh;
    this.#consider();
    return this.#usable();
  }

  /** The latest there is, whether or not it may be served. Reads nothing. */
  peek(): Snapshot<Values> | undefined {
    return this.#latest;
  }

  /** The latest, where it can be served without a further thought. */
  fresh(): Snapshot<Values> | undefined {
    const at = this.#glance();
    return at >= this.#carefree.from && at < this.#carefree.until ? this.#latest : undefined;
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
    if (this.#latest === undefined) return this.refresh();
    const isYoung = (this.age() ?? Infinity) <= limits.ttl;
    const isWorthIt = this.#pace.failure === undefined || this.#isTooOld();
    if (!isYoung && isWorthIt && !this.#closed) await this.#readUnlessFrozen();
    return this.get();
  }

  /** A read that took longer than any may was frozen with the process: it does not count. */
  async #readUnlessFrozen(): Promise<void> {
    const { clock } = this.#watched;
    const began = this.#readingSince;
    const isJoined = this.isReading;
    const failure = await this.refresh().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined || !isJoined || clock.now() - began <= 2 * deadline) return;
    this.#pace.noReadUntil = 0;
    await this.refresh().catch(() => undefined);
  }

  /**
   * Reads now, joining a read under way; reads nothing once it is closed. Throws without a call while
   * an earlier failure is backed off from.
   */
  refresh(): Promise<Snapshot<Values>> {
    if (this.#reading) return this.#reading;
    if (this.#closed)
      return this.#latest ? Promise.resolve(this.#latest) : Promise.reject(notLoaded());
    const { failure, noReadUntil } = this.#pace;
    if (failure && this.#watched.clock.now() < noReadUntil) return Promise.reject(failure);
    this.#reading = this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** No read from now on; the latest is served as it is. */
  close(): void {
    this.#closed = true;
    this.#callOff();
  }

  #consider(): void {
    if (this.#closed || this.#reading || this.#watched.clock.now() < this.#pace.nextReadAt) return;
    this.#inBackground();
  }

  #inBackground(): void {
    // It was told by then.
    this.#outside(() => void this.refresh().catch(() => undefined));
  }

  #usable(): Snapshot<Values> {
    const { failure } = this.#pace;
    if (this.#latest === undefined) throw failure ?? notLoaded();
    if (failure && this.#isTooOld()) throw tooOld(failure);
    return this.#latest;
  }

  #isTooOld(): boolean {
    return !this.#closed && this.#watched.clock.now() >= this.#pace.servedUntil;
  }

  async #read(): Promise<Snapshot<Values>> {
    const { read, clock } = this.#watched;
    const began = clock.now();
    this.#readingSince = began;
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
    const { tell } = this.#watched;
    const before = this.#latest;
    const { versionId: to } = snapshot;
    this.#latest = snapshot;
    this.#pace.succeeded();
    this.#readNext();
    tell('refresh', { versionId: to, changed: before?.versionId !== to, ms });
    if (before === undefined || before.versionId === to) return;
    this.#watched.rotated(before);
    tell('rotated', { from: before.versionId, to });
  }

  #failed(failure: SecretsError): void {
    const { tell, clock, log } = this.#watched;
    const ageMs = this.age();
    this.#pace.failed(failure, { hasValue: ageMs !== undefined });
    this.#readNext();
    tell('error', { error: failure });
    // Without a value in memory somebody waits for this one, and hears of it.
    if (ageMs === undefined) return;
    tell('stale', { ageMs, error: failure });
    const leftMs = this.#pace.servedUntil - clock.now();
    const level = kindOf(failure) === 'transient' ? 'warn' : 'error';
    logTo(log, level, toldFailure(failure, { ageMs, leftMs }));
  }

  #readNext(): void {
    const { clock, byTimer } = this.#watched;
    const from = this.#glance();
    this.#carefree = { from, until: from + this.#pace.carefreeUntil - clock.now() };
    this.#callOff();
    const ms = this.#pace.nextReadAt - clock.now();
    // Without a TTL a timer would read without a pause.
    if (!byTimer || this.#closed || ms <= 0) return;
    this.#callOff = this.#outside(() => clock.after(ms, () => this.#onTime()));
  }

  /** Timers may be early, and then it is too soon to read. */
  #onTime(): void {
    if (this.#watched.clock.now() < this.#pace.noReadUntil) this.#readNext();
    else this.#inBackground();
  }
}
