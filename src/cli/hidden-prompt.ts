import password from '@inquirer/password';
import { Interrupted } from './failure.ts';
import { withoutEcho, type HiddenInput } from './without-echo.ts';

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
  await withoutEcho(async (hidden) => {
    for (const question of questions) answers.set(question.key, await ask(question, hidden));
  });
  return answers;
}

/** Asks until the answer will do. Each time from the start: nobody sees what is left to be mended. */
async function ask({ message, problemWith }: Question, hidden: HiddenInput): Promise<string> {
  for (;;) {
    const answer = await askOnce(message, hidden);
    const problem = hidden.lines.problem() ?? problemWith(answer);
    if (problem === undefined) return answer;
    process.stderr.write(`  ${problem}\n`);
  }
}

/** The first line that comes, after everything else that came with it. */
async function askOnce(message: string, { lines, ...context }: HiddenInput): Promise<string> {
  lines.open();
  const answer = await answerTo(message, context);
  await lines.quiet(context.signal);
  if (context.signal.aborted) throw new Interrupted();
  return answer;
}

async function answerTo(message: string, context: Omit<HiddenInput, 'lines'>): Promise<string> {
  try {
    // With its mask to toggle, a key would show the value.
    return await password({ message, toggleMask: false }, { ...context, output: process.stderr });
  } catch (error) {
    const isOver = error instanceof Error && /^(Abort|Exit)PromptError$/.test(error.name);
    throw isOver ? new Interrupted() : error;
  }
}
