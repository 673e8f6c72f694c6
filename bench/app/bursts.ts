import { setTimeout } from 'node:timers/promises';
import type { Built } from './candidates.ts';
import { burstAnswer } from './questions.ts';
import { startCandidate } from './running-candidate.ts';
import { startStore } from './store.ts';

/** What reads that come at once make of a cache that is empty, and of one that has expired. */
export interface BurstCalls {
  readonly name: string;
  readonly reads: number;
  /** Calls of Secrets Manager until all were answered, the start of the process included. */
  readonly cold: number;
  /** Calls from then until as many more, begun after the TTL, were answered. */
  readonly expired: number;
  readonly failed: number;
}

const reads = 100;
const ttlMs = 1_000;

/** As in Lambda, so that a read is what finds the value too old, and no timer before it. */
export async function measureBursts(
  subjects: readonly Built[],
  signal: AbortSignal,
): Promise<readonly BurstCalls[]> {
  const measured: BurstCalls[] = [];
  for (const subject of subjects) {
    signal.throwIfAborted();
    measured.push(await burstsOf(subject, signal));
  }
  return measured;
}

async function burstsOf(subject: Built, signal: AbortSignal): Promise<BurstCalls> {
  await using store = await startStore();
  await using running = await startCandidate(subject, { store, ttlMs, signal, inLambda: true });
  const burst = () => running.ask(burstAnswer, { ask: 'burst', count: reads });
  const first = await burst();
  const cold = store.calls();
  await setTimeout(ttlMs * 1.2, undefined, { signal });
  const second = await burst();
  const expired = store.calls() - cold;
  return { name: subject.name, reads, cold, expired, failed: first.failed + second.failed };
}
