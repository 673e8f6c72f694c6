import { setTimeout } from 'node:timers/promises';
import { Interrupted } from '../failure.ts';

export interface Watch<T> {
  readonly everyMs: number;
  /** Ends it, between two looks; who waits for more than that races it. */
  readonly signal: AbortSignal;
  readonly look: () => Promise<T>;
  readonly show: (seen: T) => Promise<void>;
}

/** Looks and shows, over and over. Ends by Interrupted alone, at the signal, or where one of them fails. */
export async function watch<T>({ everyMs, signal, look, show }: Watch<T>): Promise<never> {
  for (;;) {
    const seen = await look();
    if (signal.aborted) throw new Interrupted();
    await show(seen);
    await setTimeout(everyMs, undefined, { signal }).catch(interrupted);
  }
}

function interrupted(): never {
  throw new Interrupted();
}
