import type { RateQuestion } from './questions.ts';
import { textOf } from './text-of.ts';

type Read = () => unknown;

interface Ways {
  readonly read: Read;
  readonly readNow: Read | undefined;
}

/**
 * Reads a second from memory. Batches are doubled until one takes long enough; that one counts, and
 * those before have warmed the code up. Throws where a read answers something else.
 */
export async function rateOf(
  { read, readNow }: Ways,
  { way, batchMs }: RateQuestion,
): Promise<number> {
  const { length } = textOf(await read());
  for (let count = 1; ; count *= 2) {
    const started = performance.now();
    const characters = way === 'awaited' ? await awaited(read, count) : atOnce(readNow, count);
    const ms = performance.now() - started;
    // Every value is looked at, so that no compiler leaves out a read.
    if (characters !== count * length) throw new Error('A read answered another value.');
    if (ms >= batchMs) return (count / ms) * 1_000;
  }
}

async function awaited(read: Read, count: number): Promise<number> {
  let characters = 0;
  for (let n = 0; n < count; n += 1) characters += textOf(await read()).length;
  return characters;
}

function atOnce(read: Read | undefined, count: number): number {
  if (!read) throw new Error('This subject has no read without a wait.');
  let characters = 0;
  for (let n = 0; n < count; n += 1) characters += textOf(read()).length;
  return characters;
}
