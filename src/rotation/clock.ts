/** Time as the protocol and the rotators see it, so that tests can drive it. */
export interface Clock {
  now(): Date;
  /** Resolves `ms` milliseconds from now; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
