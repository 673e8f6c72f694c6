import type { Clock } from '../../app/clock.ts';
import { backOff, dueAfter } from '../../app/refresh-policy.ts';

interface Watch {
  /** In ms: how long it takes at most until the next look. */
  readonly every: number;
  readonly look: () => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly clock: Pick<Clock, 'random' | 'sleep'>;
  readonly signal: AbortSignal;
}

/**
 * Looks again and again until the signal: at a random moment in the second half of the time, so
 * that many instances do not ask at once, and after a failure with growing pauses. Never throws.
 */
export async function watch({ every, look, failed, clock, signal }: Watch): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const pause =
      failures === 0
        ? dueAfter({ ttl: every, staleFor: 0 }, clock.random)
        : backOff(failures, clock.random);
    await clock.sleep(pause, signal);
    if (signal.aborted) return;
    try {
      await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      failed(error);
    }
  }
}
