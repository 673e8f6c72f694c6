import type { LocalClock } from '../clock.ts';
import type { Outcome } from './invoke.ts';

/** The waits before the two retries of an asynchronous invocation that failed. */
const retryDelaysMs = [60_000, 120_000];

/** Invocations that nobody waits for. */
export function createAsyncInvocations(clock: LocalClock) {
  const closed = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function run(invoke: () => Promise<Outcome>): Promise<void> {
    for (const delay of [0, ...retryDelaysMs]) {
      // Rejects when it is closed, which is looked at next.
      if (delay > 0) await clock.sleep(delay, closed.signal).catch(() => undefined);
      if (closed.signal.aborted) return;
      if (!(await invoke()).failed) return;
    }
  }

  return {
    add(invoke: () => Promise<Outcome>): void {
      const running = run(invoke).finally(() => underWay.delete(running));
      underWay.add(running);
    },
    async close(): Promise<void> {
      closed.abort(new Error('The local stack has ended.'));
      await Promise.all(underWay);
    },
  };
}
