import type { LocalClock } from '../clock.ts';

/** One callback per key, at a date however far away. */
export class Alarms {
  readonly #clock: LocalClock;
  readonly #pending = new Map<string, () => void>();

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** Replaces the key's earlier alarm. */
  set(key: string, due: Date, ring: () => void): void {
    this.clear(key);
    const left = due.getTime() - this.#clock.now().getTime();
    const cancel = this.#clock.after(Math.max(0, left), () => {
      this.#pending.delete(key);
      // A clock may call early where its timers cannot wait as long as that.
      if (this.#clock.now() < due) this.set(key, due, ring);
      else ring();
    });
    this.#pending.set(key, cancel);
  }

  clear(key: string): void {
    this.#pending.get(key)?.();
    this.#pending.delete(key);
  }

  close(): void {
    for (const key of this.#pending.keys()) this.clear(key);
  }
}
