import { UsageError } from '../failure.ts';

interface Watching {
  readonly everyMs: number | undefined;
  readonly others: readonly string[];
}

/** What follows `--watch`: seconds, or else the name of a secret, which commander took for them. */
export function watching(given: true | string | undefined): Watching {
  if (given === undefined) return { everyMs: undefined, others: [] };
  if (given === true) return { everyMs: usualMs, others: [] };
  if (!/^\d+$/.test(given)) return { everyMs: usualMs, others: [given] };
  const seconds = Number(given);
  if (seconds >= 1 && seconds <= 3_600) return { everyMs: seconds * 1_000, others: [] };
  throw new UsageError('--watch takes a number of seconds from 1 to 3600.');
}

const usualMs = 2_000;
