import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';
import type { LogLine } from './log-line.ts';
import { problemOf, turnIn, verbIn } from './progress.ts';
import { problemText, takingMs, verbText } from './wording.ts';

/** One line for everything, as it comes. */
export function plainDisplay(terminal: Pick<Terminal, 'tell'>): Display {
  let shown = 0;
  return {
    show(steps) {
      const lines = steps.lines();
      for (const line of lines.slice(shown)) terminal.tell(`${textOf(line)}\n`);
      shown = lines.length;
    },
    end: async () => undefined,
  };
}

function textOf(line: LogLine): string {
  const verb = verbIn(line);
  if (verb) return `  ${line.step}: ${verbText(verb)}`;
  if (turnIn(line) === 'running') return `${line.step} …`;
  if (turnIn(line)) return `${line.step} ${line.outcome}${takingMs(line)}`;
  const problem = problemOf(line);
  return `  ${problem ? problemText(problem) : line.message}`;
}
