import { Interrupted } from '../failure.ts';
import { hearingSignals } from '../signals.ts';

/** Does what only looks, and throws Interrupted as soon as a signal comes, whatever it waits for. */
export const unlessInterrupted = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  hearingSignals(({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(new Interrupted()));
    return Promise.race([work(signal), promise]);
  });
