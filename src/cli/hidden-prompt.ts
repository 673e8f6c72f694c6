import { setImmediate } from 'node:timers/promises';
import { PassThrough, type Readable } from 'node:stream';
import password from '@inquirer/password';
import { Interrupted } from './failure.ts';

/** A value that is asked for, and not shown. */
export interface Question {
  readonly key: string;
  readonly message: string;
  /** What is wrong with an answer, without quoting it; `undefined` takes it. */
  readonly problemWith: (answer: string) => string | undefined;
}

/** Asks on the terminal, one after the other. Throws Interrupted at Ctrl-C and Ctrl-D. */
export async function askHidden(
  questions: readonly Question[],
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  await withoutEcho(async (context) => {
    for (const question of questions) answers.set(question.key, await ask(question, context));
  });
  return answers;
}

interface Context {
  readonly input: Readable;
  readonly signal: AbortSignal;
}

/** Asks until the answer will do. Each time from the start: nobody sees what is left to be mended. */
async function ask({ message, problemWith }: Question, context: Context): Promise<string> {
  for (;;) {
    const answer = await askOnce(message, context);
    const problem = problemWith(answer);
    if (problem === undefined) return answer;
    process.stderr.write(`  ${problem}\n`);
  }
}

async function askOnce(message: string, context: Context): Promise<string> {
  try {
    // With its mask to toggle, a key would show the value.
    return await password({ message, toggleMask: false }, { ...context, output: process.stderr });
  } catch (error) {
    const isOver = error instanceof Error && /^(Abort|Exit)PromptError$/.test(error.name);
    throw isOver ? new Interrupted() : error;
  }
}

const [ctrlD, ctrlZ] = [4, 26];

/** Unheard, they would end the command with the echo still off. */
const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Keeps the terminal's echo off from before the first question until after the last: the prompts
 * themselves would switch it on again between them, while the rest of a paste still comes in.
 */
async function withoutEcho(use: (context: Context) => Promise<void>): Promise<void> {
  const { stdin } = process;
  const [input, end] = [new PassThrough(), new AbortController()];
  const interrupt = () => end.abort();
  const forward = (bytes: Buffer) => {
    // The prompts would wait for ever for what does not come.
    if (bytes.includes(ctrlD)) return interrupt();
    // Ctrl-Z is not passed on: who comes back from it finds the echo on.
    input.write(bytes.filter((byte) => byte !== ctrlZ));
  };

  stdin.setRawMode(true).resume();
  // What was typed before the question, and came to be shown, is no answer to it.
  await setImmediate();
  stdin.on('data', forward).once('end', interrupt);
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await use({ input, signal: end.signal });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    stdin.off('data', forward).off('end', interrupt).setRawMode(false).pause();
  }
}
