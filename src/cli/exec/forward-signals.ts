import { isatty } from 'node:tty';

/** What a terminal sends to the program as well, which is in the same group of processes. */
const fromTerminal = ['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const;

const others = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const;

/**
 * Hands the signals that keyturn gets to whoever is told. With a terminal those that it sends to
 * both are left out, and Ctrl-Z stops both as it always does. Answers what ends it.
 */
export function forwardSignals(tell: (signal: NodeJS.Signals) => void): () => void {
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const passed = hasTerminal ? others : [...fromTerminal, 'SIGTSTP' as const, ...others];
  const heard = hasTerminal ? [...fromTerminal, ...others] : passed;
  const hear = (signal: NodeJS.Signals) => {
    if (passed.some((each) => each === signal)) tell(signal);
  };
  for (const signal of heard) process.on(signal, hear);
  return () => {
    for (const signal of heard) process.off(signal, hear);
  };
}
