import { createInterface } from 'node:readline/promises';
import { Failure, Interrupted } from './failure.ts';
import { askHidden, type Question } from './hidden-prompt.ts';
import { printable } from './printable.ts';

/** The person at the other end, or the script. */
export interface Terminal {
  /** Whether there is a person who can be asked. */
  readonly interactive: boolean;
  /** Writes what is said on the way: standard error. */
  tell(text: string): void;
  /** Writes the result: standard output, or else standard error. Throws a Failure for the latter. */
  answer(text: string): Promise<void>;
  /** Asks for a line that is shown. Throws Interrupted at Ctrl-C and at the end of the input. */
  ask(question: string): Promise<string>;
  /** Throws Interrupted at Ctrl-C; the end of the input is a no. */
  confirm(question: string): Promise<boolean>;
  /** Asks for values that the screen does not show; answers them by key. Throws Interrupted. */
  askHidden(questions: readonly Question[]): Promise<ReadonlyMap<string, string>>;
}

export const terminal: Terminal = {
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  tell: (text) => void process.stderr.write(printable(text)),
  answer,
  ask,
  confirm,
  askHidden: (questions) => askHidden(questions),
};

// Whoever reads may be gone, or the disk full. What becomes of an answer, `answer` tells.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** What was done must not go unsaid, and the answer holds no values. */
async function answer(text: string): Promise<void> {
  const error = await failureToWrite(printable(text));
  if (error === undefined) return;
  terminal.tell(text);
  throw new Failure(
    'OUTPUT_FAILED',
    `Standard output did not take the answer (${error.code ?? 'closed'}). It stands above instead, and what ` +
      'it says is done: look at it before you run the command again.',
  );
}

const failureToWrite = (text: string) =>
  new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    process.stdout.write(text, (error) => resolve(error ?? undefined));
  });

async function ask(question: string): Promise<string> {
  const said = await lineFor(question);
  if (said === undefined) throw new Interrupted();
  return said;
}

async function confirm(question: string): Promise<boolean> {
  const said = await lineFor(`${question} [y/N]`);
  return /^y(es)?$/i.test(said?.trim() ?? '');
}

/** `undefined` at the end of the input. Throws Interrupted at Ctrl-C. */
async function lineFor(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const unanswered = new Promise<undefined>((resolve, reject) => {
    lines.once('SIGINT', () => reject(new Interrupted()));
    lines.once('close', () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(`${printable(question)} `), unanswered]);
  } finally {
    lines.close();
  }
}
