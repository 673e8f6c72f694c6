import { execFile as execFileWithCallback } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execFile = promisify(execFileWithCallback);

/** The user PostgreSQL runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** A private folder that holds everything a server writes, and the user it runs as. */
export interface PostgresHome {
  readonly folder: string;
  /** Absent where the server runs as the user of this process. */
  readonly user?: ServerUser;
  /** May be called twice. */
  remove(): Promise<void>;
}

/** Makes the folder. As root it belongs to `nobody`, since PostgreSQL refuses to run as root. */
export async function createHome(): Promise<PostgresHome> {
  if (process.getuid?.() !== 0) return home(await mkdtemp(prefixIn(tmpdir())));

  const user = await nobody();
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    const made = home(await mkdtemp(prefixIn(parent)), user);
    await chown(made.folder, user.uid, user.gid);
    if (await mayEnter(made.folder, user)) return made;
    await made.remove();
  }
  throw new Error(
    `The user "nobody", whom PostgreSQL runs as, may not enter ${tmpdir()}. Set TMPDIR to a folder everyone may enter.`,
  );
}

/** The options that make a child process run as `user`, told nothing of our environment. */
export function asUser(user: ServerUser | undefined): {
  uid?: number;
  gid?: number;
  env: NodeJS.ProcessEnv;
} {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  // Where ids are unsigned (macOS), nobody's is beyond what spawn takes.
  return user ? { uid: user.uid | 0, gid: user.gid | 0, env } : { env };
}

const prefixIn = (parent: string) => path.join(parent, 'keyturn-postgres-');

const home = (folder: string, user?: ServerUser): PostgresHome => ({
  folder,
  ...(user && { user }),
  remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
});

async function nobody(): Promise<ServerUser> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await execFile('id', [flag, 'nobody'])).stdout)),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  } catch (error) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is no user "nobody". Run as another user.',
      { cause: error },
    );
  }
  throw new Error('The user "nobody" has no numeric id.');
}

async function mayEnter(folder: string, user: ServerUser): Promise<boolean> {
  return execFile('/bin/sh', ['-c', 'cd "$0"', folder], { ...asUser(user), cwd: '/' }).then(
    () => true,
    () => false,
  );
}
