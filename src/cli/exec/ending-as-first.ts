import { constants } from 'node:os';

const ending = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Lets signals end keyturn while it works as the first process of a container: the kernel ignores
 * there what nobody listens to. Elsewhere they do that anyway.
 */
export async function endingAsFirst<T>(work: () => Promise<T>): Promise<T> {
  if (process.pid !== 1) return work();
  for (const signal of ending) process.on(signal, end);
  try {
    return await work();
  } finally {
    for (const signal of ending) process.off(signal, end);
  }
}

const end = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
