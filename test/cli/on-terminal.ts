import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { command, type Endpoint, environmentOf } from './run-keyturn.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));

/** Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
export const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const observed = v.object({
  screen: v.string(),
  exitCode: v.number(),
  echo: v.boolean(),
  left: v.number(),
});

/** What is typed once a text has appeared. */
interface Step {
  readonly until: string;
  readonly type: string;
}

interface Session {
  readonly args: readonly string[];
  readonly steps: readonly Step[];
  /** A command that starts it. */
  readonly before?: readonly string[];
}

/** The command on a real terminal, typed on by type_on_terminal.py; `left` counts steps not taken. */
export async function onTerminal(stack: Endpoint, { args, steps, before = [] }: Session) {
  const child = spawn('python3', [driver], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environmentOf(stack),
  });
  child.stdin.end(JSON.stringify({ argv: [...before, process.execPath, command, ...args], steps }));
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return v.parse(observed, JSON.parse(printed));
}
