import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { requireServer } from '../../../src/local/servers/server-folder.ts';

/** Debian's `age` or `age-keygen` as a command line: it runs by the C library it was fetched with. */
export async function ageCommand(name: 'age' | 'age-keygen'): Promise<readonly string[]> {
  const { folder, loader, libraries, program } = await requireServer('age');
  const inFolder = (file: string) => path.join(folder, file);
  const libraryPath = libraries.map(inFolder).join(':');
  const file = path.join(path.dirname(program), name);
  return [inFolder(loader), '--library-path', libraryPath, inFolder(file)];
}

/** Runs it with these arguments. */
export async function runAge(name: 'age' | 'age-keygen', args: readonly string[], input?: string) {
  const [program = '', ...first] = await ageCommand(name);
  const child = spawn(program, [...first, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode: child.exitCode, stdout, stderr };
}
