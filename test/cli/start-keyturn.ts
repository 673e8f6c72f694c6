import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished, vi } from 'vitest';
import { command, type Endpoint, environmentOf } from './run-keyturn.ts';

/** The command as it runs on, for tests that send it signals and read along. */
export function startKeyturn(stack: Endpoint, ...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environmentOf(stack),
  });
  // A child that it may have is told, too.
  onTestFinished(() => void child.kill('SIGTERM'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close');
  return {
    child,
    printed,
    /** Waits until it has printed something like this, and answers what matched. */
    said: (pattern: RegExp) =>
      vi.waitFor(
        () => {
          const found = pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr);
          if (!found) throw new Error(`${String(pattern)} not in ${JSON.stringify(printed)}`);
          return found;
        },
        { timeout: 20_000, interval: 20 },
      ),
    async ended() {
      await closed;
      return { exitCode: child.exitCode, signal: child.signalCode, ...printed };
    },
  };
}
