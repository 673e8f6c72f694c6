/**
 * What would end the command at once, with the echo off or a creation half told. SIGKILL cannot be
 * heard, and SIGUSR1 opens Node's debugger.
 */
const ending = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGALRM',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGXCPU',
] as const;

export interface Hearing {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Does what a signal would do. */
  readonly interrupt: () => void;
}

/** Runs on through signals that would end the command, and lets the work see them. */
export async function hearingSignals<T>(use: (hearing: Hearing) => Promise<T>): Promise<T> {
  const heard = new AbortController();
  const interrupt = () => heard.abort();
  for (const signal of ending) process.on(signal, interrupt);
  try {
    return await use({ signal: heard.signal, interrupt });
  } finally {
    for (const signal of ending) process.off(signal, interrupt);
  }
}

/** Has a signal told that nothing in the command hears: it would end without a word. */
export function hearUnheard(tell: (signal: NodeJS.Signals) => void): void {
  for (const signal of ending) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) tell(signal);
    });
  }
}
