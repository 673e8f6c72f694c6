import { setTimeout } from 'node:timers/promises';
import type { Burst, SeenQuestion, SteadyQuestion } from './questions.ts';
import { textOf } from './text-of.ts';

type Read = () => unknown;

interface Done {
  readonly isServed: boolean;
  readonly ms: number;
}

/** So many reads, all begun before one of them is over. */
export async function burst(read: Read, count: number): Promise<Burst> {
  return countsOf(await Promise.all(Array.from({ length: count }, () => tried(read))));
}

/** As requests come: each is begun when it is time, whether or not those before are over. */
export async function steady(read: Read, { count, everyMs }: SteadyQuestion) {
  const reads: Promise<Done>[] = [];
  for (let n = 0; n < count; n += 1) {
    reads.push(tried(read));
    await setTimeout(everyMs);
  }
  const done = await Promise.all(reads);
  return { ...countsOf(done), slowestMs: Math.max(...done.map(({ ms }) => ms)) };
}

/** How long it takes until a read answers the value, in ms; `null` where it does not in time. */
export async function seen(
  read: Read,
  { value, everyMs, withinMs }: SeenQuestion,
): Promise<number | null> {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  while (elapsed() < withinMs) {
    if ((await valueOf(read)) === value) return elapsed();
    await setTimeout(everyMs);
  }
  return null;
}

async function tried(read: Read): Promise<Done> {
  const started = performance.now();
  const isServed = (await valueOf(read)) !== undefined;
  return { isServed, ms: performance.now() - started };
}

/** A read that fails is what is counted here, and no reason to stop. */
async function valueOf(read: Read): Promise<string | undefined> {
  try {
    return textOf(await read());
  } catch {
    return undefined;
  }
}

function countsOf(done: readonly Done[]): Burst {
  const served = done.filter(({ isServed }) => isServed).length;
  return { served, failed: done.length - served };
}
