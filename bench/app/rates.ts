import { spreadOf, type Spread } from '../statistics.ts';
import type { BuiltCandidates, Candidate } from './candidates.ts';
import { rateAnswer, type RateQuestion } from './questions.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { startCandidate } from './running-candidate.ts';
import { startStore } from './store.ts';

/** How many times a second a candidate answers a value that is in memory. */
export interface ReadRate {
  readonly name: string;
  readonly perSecond: Spread;
}

interface Read {
  readonly name: string;
  readonly candidate: Candidate;
  readonly way: RateQuestion['way'];
}

const reads: readonly Read[] = [
  { name: 'Keyturn, get(key)', candidate: 'keyturn', way: 'now' },
  { name: 'Keyturn, await getSecret(key)', candidate: 'keyturn', way: 'awaited' },
  { name: 'Powertools, await getSecret(name)', candidate: 'powertools', way: 'awaited' },
  { name: 'middy, a warm invocation', candidate: 'middy', way: 'awaited' },
  { name: 'middy, its middleware alone', candidate: 'middy-alone', way: 'awaited' },
  { name: 'no cache: AWS’s client', candidate: 'sdk', way: 'awaited' },
  { name: 'floor: await a Map', candidate: 'map', way: 'awaited' },
];

/** Longer than any of it takes. */
const ttlMs = 300_000;

/** Each in a new process every round: a compiler decides anew in each. */
export async function measureRates(
  built: BuiltCandidates,
  { batchMs, count, signal }: Rounds & { readonly batchMs: number },
): Promise<readonly ReadRate[]> {
  await using store = await startStore();
  const measured = await inRounds(reads, { count, signal }, async ({ candidate, way }) => {
    await using running = await startCandidate(built[candidate], { store, ttlMs, signal });
    const { perSecond } = await running.ask(rateAnswer, { ask: 'rate', way, batchMs });
    return perSecond;
  });
  return measured.map(({ subject: { name }, results }) => ({
    name,
    perSecond: spreadOf(results),
  }));
}
