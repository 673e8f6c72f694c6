import type { Built } from './candidates.ts';
import { burstAnswer, seenAnswer, steadyAnswer } from './questions.ts';
import { startCandidate } from './running-candidate.ts';
import { passwords, startStore } from './store.ts';

/** What an application sees that reads on while Secrets Manager answers 503. */
export interface Outage {
  readonly name: string;
  readonly everyMs: number;
  readonly served: number;
  readonly failed: number;
  /** How long the slowest read took, served or failed. */
  readonly slowestMs: number;
  /** Calls of Secrets Manager meanwhile. */
  readonly calls: number;
  /** Rejections that nobody handled: each ends a process that does not listen for them. */
  readonly unhandled: number;
  /** How long after the outage another value, stored meanwhile, was read. `null`: not within a minute. */
  readonly recoveredAfterMs: number | null;
}

interface Options {
  readonly spanMs: number;
  readonly signal: AbortSignal;
}

const ttlMs = 1_000;
const busyMs = 50;

/** Every subject twice: read every 50 ms, and four times in all. All at once, each in its process. */
export async function measureOutages(
  subjects: readonly Built[],
  { spanMs, signal }: Options,
): Promise<readonly Outage[]> {
  const paces = [busyMs, spanMs / 4];
  signal.throwIfAborted();
  return Promise.all(
    paces.flatMap((everyMs) =>
      subjects.map((subject) => outageOf(subject, { everyMs, spanMs, signal })),
    ),
  );
}

async function outageOf(
  subject: Built,
  { everyMs, spanMs, signal }: Options & { readonly everyMs: number },
): Promise<Outage> {
  await using store = await startStore();
  await using running = await startCandidate(subject, { store, ttlMs, signal });
  const { failed } = await running.ask(burstAnswer, { ask: 'burst', count: 1 });
  if (failed > 0) throw new Error(`${subject.name} could not be read before the outage.`);

  const callsBefore = store.calls();
  store.setOutage(true);
  await store.put(passwords.second);
  const count = Math.ceil(spanMs / everyMs);
  const reads = await running.ask(steadyAnswer, { ask: 'steady', count, everyMs });
  const calls = store.calls() - callsBefore;
  store.setOutage(false);

  const again = { value: passwords.second, everyMs: busyMs, withinMs: 60_000 };
  const { afterMs } = await running.ask(seenAnswer, { ask: 'seen', ...again });
  return { name: subject.name, everyMs, ...reads, calls, recoveredAfterMs: afterMs };
}
