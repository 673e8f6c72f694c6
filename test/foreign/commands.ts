import { execFile as execFileWithCallback } from 'node:child_process';
import { promisify } from 'node:util';

const execFile = promisify(execFileWithCallback);

/** Both streams together. Throws, with what was printed, where the command fails. */
export async function outputOf(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await execFile(command, [...args], {
    env: { ...process.env, ...variables },
  });
  return stdout + stderr;
}

/** `npm run begin`. */
export const begin = async (...options: readonly string[]): Promise<unknown> =>
  outputOf(process.execPath, ['src/local/begin.ts', ...options]);
