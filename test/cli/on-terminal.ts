import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { expect } from 'vitest';
import { command, type Endpoint, environmentOf } from './run-keyturn.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));

/** Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
export const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const observed = v.object({
  screen: v.string(),
  exitCode: v.number(),
  echo: v.boolean(),
  visible: v.string(),
  left: v.number(),
});

/** What is typed once a text has appeared, and what happens to the command besides. */
export interface Step {
  readonly until: string;
  /** One after the other, where there are several. */
  readonly type: string | readonly string[];
  /** The number of one that it is sent after that. */
  readonly signal?: number;
  /** It is stopped before that, and goes on. */
  readonly stopped?: boolean;
}

export const ctrlC = '\u0003';

export const confirmed: Step = { until: '[y/N]', type: 'y\r' };

interface Session {
  readonly args: readonly string[];
  readonly steps: readonly Step[];
  /** A command that starts it. */
  readonly before?: readonly string[];
}

/** The command on a real terminal; everything is typed, or the test fails. */
export function onTerminal(stack: Endpoint, { args, steps, before = [] }: Session) {
  return programOnTerminal(stack, [...before, process.execPath, command, ...args], steps);
}

/** Any program there; `visible` is what other processes could read of it, where there is /proc. */
export async function programOnTerminal(
  stack: Endpoint,
  argv: readonly string[],
  steps: readonly Step[],
) {
  const child = spawn('python3', [driver], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environmentOf(stack),
    cwd: stack.cwd,
  });
  child.stdin.end(JSON.stringify({ argv, steps }));
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const outcome = v.parse(observed, JSON.parse(printed));
  expect(outcome.left, outcome.screen).toBe(0);
  return outcome;
}
