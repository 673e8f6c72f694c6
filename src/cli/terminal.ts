import { createInterface } from 'node:readline/promises';
import { Interrupted } from './failure.ts';
import { askHidden, type Question } from './hidden-prompt.ts';
import { printable } from './printable.ts';

/** The person at the other end, or the script. */
export interface Terminal {
  /** Whether there is a person who can be asked. */
  readonly interactive: boolean;
  /** Writes what is said on the way: standard error. */
  tell(text: string): void;
  /** Writes the result: standard output. */
  answer(text: string): void;
  /** Throws Interrupted at Ctrl-C; the end of the input is a no. */
  confirm(question: string): Promise<boolean>;
  /** Asks for values that the screen does not show; answers them by key. Throws Interrupted. */
  askHidden(questions: readonly Question[]): Promise<ReadonlyMap<string, string>>;
}

export const terminal: Terminal = {
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  tell: (text) => void process.stderr.write(printable(text)),
  answer: (text) => void process.stdout.write(printable(text)),
  confirm,
  askHidden: (questions) => askHidden(questions),
};

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const unanswered = new Promise<undefined>((resolve, reject) => {
    lines.once('SIGINT', () => reject(new Interrupted()));
    lines.once('close', () => resolve(undefined));
  });
  try {
    const said = await Promise.race([lines.question(`${question} [y/N] `), unanswered]);
    return /^y(es)?$/i.test(said?.trim() ?? '');
  } finally {
    lines.close();
  }
}
