import type { LocalClock } from '../clock.ts';
import type { LocalFunction } from '../functions.ts';
import type { GivenUp } from './destination-record.ts';
import { invoke } from './invoke.ts';

/** What a test may choose, at any time. */
export interface LambdaBehaviour {
  /** The waits, in ms, before the retries of an asynchronous invocation that failed. */
  retryDelaysMs: readonly number[];
}

export const usualBehaviour: LambdaBehaviour = { retryDelaysMs: [60_000, 120_000] };

interface Setting {
  readonly clock: LocalClock;
  readonly behaviour: LambdaBehaviour;
  readonly onGivenUp: (givenUp: GivenUp) => Promise<void>;
}

interface AsyncInvocation {
  readonly functionArn: string;
  readonly run: LocalFunction;
  readonly event: unknown;
}

/** Invocations that nobody waits for: tried again when they fail, and given up in the end. */
export function createAsyncInvocations({ clock, behaviour, onGivenUp }: Setting) {
  const closed = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function make({ functionArn, run, event }: AsyncInvocation): Promise<void> {
    const delays = [0, ...behaviour.retryDelaysMs];
    for (const [retries, delay] of delays.entries()) {
      // Rejects when it is closed, which is looked at next.
      if (delay > 0) await clock.sleep(delay, closed.signal).catch(() => undefined);
      if (closed.signal.aborted) return;
      const outcome = await invoke(run, event);
      if (!outcome.failed) return;
      const attempts = retries + 1;
      if (attempts === delays.length) await onGivenUp({ functionArn, event, attempts, outcome });
    }
  }

  return {
    add(invocation: AsyncInvocation): void {
      const running = make(invocation).finally(() => underWay.delete(running));
      underWay.add(running);
    },
    async close(): Promise<void> {
      closed.abort(new Error('The local stack has ended.'));
      await Promise.all(underWay);
    },
  };
}
