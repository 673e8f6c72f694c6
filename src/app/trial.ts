import { AsyncLocalStorage } from 'node:async_hooks';

/** Something that is tried with values of a version, which need not be the current one. */
export interface Trial {
  /** The secrets that it is a trial of. */
  readonly of: object;
  /** The value to try for a key. Remembers that it was asked for. */
  give(key: string): unknown;
  /** The same for keys that belong together: all of them of the version that this key has its value of. */
  giveWith(key: string): (other: string) => unknown;
}

interface Nested {
  readonly trial: Trial;
  /** What it is a part of: it may be a trial of other secrets. */
  readonly outer: Nested | undefined;
  /** What it left running, such as a timer of a pool, is no part of a trial any more. */
  isOver: boolean;
}

const trials = new AsyncLocalStorage<Nested>();
const underWay = { count: 0 };

/** The trial that the caller is part of; asking costs next to nothing while there is none. */
export function trialOf(secrets: object): Trial | undefined {
  if (underWay.count === 0) return undefined;
  let nested = trials.getStore();
  while (nested && (nested.isOver || nested.trial.of !== secrets)) nested = nested.outer;
  return nested?.trial;
}

/** Runs something as a part of a trial. What it opens, such as a connection, is part of it too. */
export async function inTrial<T>(trial: Trial, run: () => T | Promise<T>): Promise<T> {
  let outer = trials.getStore();
  // Whatever schedules its next run within this one would make the chain longer for ever.
  while (outer?.isOver) outer = outer.outer;
  const nested = { trial, outer, isOver: false };
  underWay.count += 1;
  try {
    // Awaited within: queries of postgres, knex and drizzle begin when somebody waits for them.
    return await trials.run(nested, async () => await run());
  } finally {
    nested.isOver = true;
    underWay.count -= 1;
  }
}
