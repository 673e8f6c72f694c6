import { createInterface } from 'node:readline/promises';

/** The person at the other end, or the script. */
export interface Terminal {
  /** Whether there is a person who can be asked. */
  readonly interactive: boolean;
  /** Writes what is said on the way: standard error. */
  tell(text: string): void;
  /** Writes the result: standard output. */
  answer(text: string): void;
  confirm(question: string): Promise<boolean>;
}

export const terminal: Terminal = {
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  tell: (text) => void process.stderr.write(text),
  answer: (text) => void process.stdout.write(text),
  async confirm(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-C and the end of the input are answers too.
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    try {
      const said = await Promise.race([lines.question(`${question} [y/N] `), ended]);
      return /^y(es)?$/i.test(said.trim());
    } finally {
      lines.close();
    }
  },
};
