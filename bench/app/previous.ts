import type { Built } from './candidates.ts';
import { burstAnswer, previousAnswer, type Previous } from './questions.ts';
import { startCandidate } from './running-candidate.ts';
import { passwords, startStore } from './store.ts';

/** What a candidate answers for AWSPREVIOUS just after it was asked for AWSCURRENT. */
export interface PreviousRead {
  readonly name: string;
  readonly answer: 'AWSPREVIOUS' | 'AWSCURRENT' | 'another' | 'cannot be asked';
}

export async function measurePrevious(
  subjects: readonly Built[],
  signal: AbortSignal,
): Promise<readonly PreviousRead[]> {
  await using store = await startStore();
  await store.put(passwords.second);
  const measured: PreviousRead[] = [];
  for (const subject of subjects) {
    signal.throwIfAborted();
    await using running = await startCandidate(subject, { store, ttlMs: 300_000, signal });
    await running.ask(burstAnswer, { ask: 'burst', count: 1 });
    const answer = labelOf(await running.ask(previousAnswer, { ask: 'previous' }));
    measured.push({ name: subject.name, answer });
  }
  return measured;
}

function labelOf({ value }: Previous): PreviousRead['answer'] {
  if (value === undefined) return 'cannot be asked';
  if (value === passwords.first) return 'AWSPREVIOUS';
  return value === passwords.second ? 'AWSCURRENT' : 'another';
}
