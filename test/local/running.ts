import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A script of the project in a process of its own, with what it printed. */
export interface Running {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when standard output shows the text. */
  shows(text: string): Promise<void>;
  exited(): Promise<number | null>;
  /** Files in its folder for temporary ones, and processes that name that folder. */
  traces(): Promise<readonly string[]>;
}

export async function run(script: string, args: readonly string[] = []): Promise<Running> {
  const folder = await mkdtemp(path.join(tmpdir(), 'run-'));
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o777);
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [script, ...args], { cwd: root, env });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  const exit = once(child, 'close').then(() => child.exitCode);

  return {
    process: child,
    stdout: () => printed.out,
    stderr: () => printed.err,
    exited: () => exit,
    async shows(text) {
      while (!printed.out.includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended first: ${printed.err}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    traces: async () => [...(await readdir(folder)), ...(await processesNaming(folder))],
  };
}

/** Only Linux tells what others were started with; elsewhere the files have to do. */
async function processesNaming(folder: string): Promise<readonly string[]> {
  const entries = await readdir('/proc').catch(() => []);
  const commands = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands
    .map((command) => command.replaceAll('\0', ' '))
    .filter((command) => command.includes(folder));
}
