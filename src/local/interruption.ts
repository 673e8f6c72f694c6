import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** That a person or the system asked this process to end. */
export class Interruption extends Error {
  /** What a process that a signal ended exits with: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signal: (typeof signals)[number]) {
    super(`Interrupted by ${signal}.`);
    this.name = 'Interruption';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** A signal that aborts, with an `Interruption`, when the process is asked to end. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => controller.abort(new Interruption(signal)));
  }
  return controller.signal;
}

/** Rejects when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
