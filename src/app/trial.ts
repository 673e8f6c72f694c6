import { AsyncLocalStorage } from 'node:async_hooks';

/** Something that is tried with values of a version, which need not be the current one. */
export interface Trial {
  /** The secrets that it is a trial of. */
  readonly of: object;
  /** The value to try for a key. Remembers that it was asked for. */
  give(key: string): unknown;
}

const trials = new AsyncLocalStorage<Trial>();
const underWay = { count: 0 };

/** The trial that the caller is part of; asking costs next to nothing while there is none. */
export function trialOf(secrets: object): Trial | undefined {
  if (underWay.count === 0) return undefined;
  const trial = trials.getStore();
  return trial?.of === secrets ? trial : undefined;
}

/** Runs something as a part of a trial. What it opens, such as a connection, is part of it too. */
export async function inTrial<T>(trial: Trial, run: () => T | Promise<T>): Promise<T> {
  underWay.count += 1;
  try {
    return await trials.run(trial, run);
  } finally {
    underWay.count -= 1;
  }
}
