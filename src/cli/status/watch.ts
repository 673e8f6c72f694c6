import { setTimeout } from 'node:timers/promises';
import { Interrupted } from '../failure.ts';
import { hearingSignals } from '../signals.ts';

export interface Watch<T> {
  readonly everyMs: number;
  /** Told when nobody waits for it any more. */
  readonly look: (signal: AbortSignal) => () => Promise<T>;
  readonly show: (seen: T) => Promise<void>;
}

/** Looks and shows, over and over. Ends by Interrupted alone, at a signal, or where showing fails. */
export async function watch<T>({ everyMs, look, show }: Watch<T>): Promise<never> {
  return hearingSignals(async ({ signal }) => {
    const interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Interrupted()));
    });
    // It is waited for below, one look after the other.
    interrupted.catch(() => undefined);
    const next = look(signal);
    for (;;) {
      await show(await Promise.race([next(), interrupted]));
      await Promise.race([setTimeout(everyMs, undefined, { signal }), interrupted]);
    }
  });
}
