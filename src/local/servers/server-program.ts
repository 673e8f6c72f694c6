import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { launch, type PostgresProcess } from '../postgres/postgres-process.ts';
import type { ServerHome } from './server-home.ts';
import { requireServer, type ServerName, titleOf } from './server-folder.ts';

/** A fetched server as something to run. */
export interface ServerProgram {
  readonly title: string;
  /** Where its messages and statements for a new data folder are. */
  readonly share: string;
  /** Starts it with these arguments; it does not outlive this process. */
  launch(home: ServerHome, args: readonly string[], input?: string): Promise<PostgresProcess>;
}

/** Throws where it was not fetched. */
export async function serverProgram(name: ServerName): Promise<ServerProgram> {
  const { folder, loader, libraries, program } = await requireServer(name);
  const inFolder = (file: string) => path.join(folder, file);
  const share = inFolder('usr/share/mysql');
  const command = [
    inFolder(loader),
    '--library-path',
    libraries.map(inFolder).join(':'),
    inFolder(program),
    '--no-defaults',
    `--basedir=${inFolder('usr')}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${share}/charsets`,
    `--plugin-dir=${inFolder('usr/lib/mysql/plugin')}`,
    // Both refuse to run as root unless they are told to.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  return {
    title: titleOf[name],
    share,
    launch: (home, args, input = '/dev/null') => {
      const all = [...command, `--datadir=${home.data}`, `--tmpdir=${home.folder}/tmp`, ...args];
      return launch(home, ['/bin/sh', '-c', 'exec "$@" <"$0"', input, ...all], home.log);
    },
  };
}

/** Runs it to its end. Throws what its log ends with where it fails. */
export async function runToItsEnd(
  program: ServerProgram,
  home: ServerHome,
  ...[args, input]: [args: readonly string[], input?: string]
): Promise<void> {
  const running = await program.launch(home, args, input);
  const code = await running.ended;
  if (code !== 0) throw await notStarted(program, home, `could not make its data folder (${code})`);
}

export async function notStarted(
  { title }: ServerProgram,
  { log }: ServerHome,
  what: string,
): Promise<Error> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return new Error(`${title} ${what}. The end of its log:\n${lines.slice(-12).join('\n')}`);
}
