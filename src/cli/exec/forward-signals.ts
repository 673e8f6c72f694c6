import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

/** What a terminal sends to the program as well, where that is in the same group of processes. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

const others: readonly NodeJS.Signals[] = [
  ...(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGALRM', 'SIGVTALRM'] as const),
  ...(['SIGXCPU', 'SIGPROF', 'SIGIO', 'SIGPWR', 'SIGTRAP', 'SIGSTKFLT'] as const),
];

interface Listeners {
  /** Told of every signal. */
  readonly heard: (signal: NodeJS.Signals) => void;
  /** Told of those that are to be passed on. */
  readonly tell: (signal: NodeJS.Signals) => void;
}

/**
 * Hands the signals that keyturn gets to whoever is told. Those that a terminal sends to both are
 * left out, and Ctrl-Z stops both as it always does. Answers what ends it.
 */
export function forwardSignals({ heard, tell }: Listeners): () => void {
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const all = [...fromTerminal, ...others, ...(hasTerminal ? [] : ['SIGTSTP' as const])];
  const signals = all.filter((signal) => signal in constants.signals);
  const hear = (signal: NodeJS.Signals) => {
    heard(signal);
    if (!(hasTerminal && fromTerminal.includes(signal) && isInForeground())) tell(signal);
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.off(signal, hear);
  };
}

/** Whether the terminal sends its signals to this group, as proc(5) has it; yes where that is not told. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The name of the program, in brackets, may hold anything.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return true;
  }
}
