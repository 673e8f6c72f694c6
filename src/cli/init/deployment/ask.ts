import { createInterface } from 'node:readline/promises';
import { Interrupted } from '../../failure.ts';

/** Asks a question on the terminal. Throws Interrupted at Ctrl-C and at the end of the input. */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const unanswered = new Promise<never>((_resolve, reject) => {
    lines.once('SIGINT', () => reject(new Interrupted()));
    lines.once('close', () => reject(new Interrupted()));
  });
  try {
    return await Promise.race([lines.question(question), unanswered]);
  } finally {
    lines.close();
  }
}
