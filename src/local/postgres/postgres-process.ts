import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { asUser, type PostgresHome } from './postgres-home.ts';

/** A running initdb or postgres. */
export interface PostgresProcess {
  /** The exit code once it has ended, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly hasEnded: () => boolean;
  /** Lets our own process end although this one runs. It is then ended, and its home removed. */
  unref(): void;
  /** Asks for an end, ever more firmly, and resolves when nothing of it runs. May be called twice. */
  end(): Promise<void>;
}

/**
 * Becomes the command, and leaves a watcher behind that holds a pipe to us. When the pipe breaks,
 * by whatever end of ours, the watcher ends the command and removes its home.
 */
const launcher = `
home=$1; shift
(
  trap '' HUP INT QUIT TERM
  read -r word <&3
  [ "$word" = done ] && exit
  kill -INT $$
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 $$ 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL $$
  rm -rf "$home"
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** How long an end may take before the next, firmer signal. */
const firmness = [
  ['SIGINT', 2_000],
  ['SIGQUIT', 6_000],
  ['SIGKILL', 6_000],
] as const;

/** Starts `command` as the home's user. Its output goes to `logPath` and nowhere else. */
export async function launch(
  home: PostgresHome,
  command: readonly string[],
  logPath: string,
): Promise<PostgresProcess> {
  const log = await open(logPath, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', launcher, 'sh', home.folder, ...command], {
      ...asUser(home.user),
      cwd: home.folder,
      // Its own process group: Ctrl-C is for us, and we end the server when we are done with it.
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    });
    await once(child, 'spawn');
    return watched(child);
  } finally {
    await log.close();
  }
}

function watched(child: ChildProcess): PostgresProcess {
  const lifeline = child.stdio[3];
  if (!(lifeline instanceof Socket)) throw new Error('The launcher has no pipe to us.');
  lifeline.on('error', () => undefined /* the watcher was killed: nobody to tell */).resume();

  const result = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 1);
      lifeline.end('done\n');
    });
  });
  // Emitted when the pipe is closed too, which is when the watcher has ended.
  const ended = once(child, 'close').then(() => result);

  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    unref: () => (child.unref(), lifeline.unref()),
    end: () => (child.ref(), lifeline.ref(), end(child, ended)),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  for (const [signal, limit] of firmness) {
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, sleep(limit, undefined, timer).catch(() => undefined)]);
    timer.abort();
    if (child.exitCode !== null || child.signalCode !== null) break;
  }
  await ended;
}
