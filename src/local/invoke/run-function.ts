import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import type { Variables } from '../../handlers/environment.ts';
import { UsageError } from './usage-error.ts';

interface Invocation {
  readonly event: unknown;
  readonly function: { readonly arn: string };
}

interface Run {
  /** The built function. */
  readonly module: string;
  /** All that it finds in its environment. */
  readonly variables: Variables;
  /** Told each line of its log as it comes. */
  readonly onLine: (line: string) => void;
}

const outcome = v.object({
  ms: v.number(),
  failure: v.optional(v.object({ code: v.string(), message: v.string() })),
});

/** How one invocation ended. `ms` is its duration, the loading of the function not counted. */
export type Outcome = v.InferOutput<typeof outcome>;

/** Invokes a built function in a process of its own, as Lambda does. Throws UsageError. */
export async function runFunction(
  { event, function: { arn } }: Invocation,
  { module, variables, onLine }: Run,
): Promise<Outcome> {
  if (!existsSync(module)) {
    throw new UsageError(
      `There is no ${module}. Build the functions first: npm run build, or sam build`,
    );
  }
  const child = fork(join(import.meta.dirname, 'function-process.ts'), {
    env: { ...variables },
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  const answers: unknown[] = [];
  child.on('message', (message) => answers.push(message));

  // By the channel and not as an argument, which any process of this machine could read.
  child.send({ module, arn, event });
  const [exitCode] = await once(child, 'close');
  const answer = v.safeParse(outcome, answers[0]);
  return answer.success ? answer.output : ended(exitCode);
}

const ended = (exitCode: unknown): Outcome => ({
  ms: 0,
  failure: {
    code: 'UNEXPECTED',
    message: `The function's process ended before it answered (exit code ${String(exitCode)}).`,
  },
});
