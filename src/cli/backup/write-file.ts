import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../failure.ts';

interface Target {
  readonly path: string;
  /** Replace an ordinary file that is there. */
  readonly force: boolean;
}

/** Throws where a file is in the way, before anything is read or asked. */
export async function assertFree({ path: target, force }: Target): Promise<void> {
  const found = await lstat(target).catch(absent);
  if (!found || (found.isFile() && force)) return;
  throw found.isFile() ? inTheWay() : noFile();
}

/**
 * Writes a file whole or not at all, for its owner alone, and onto the disk before it answers. Beside
 * it stands a part of it for a moment, which holds nothing but what is written. Throws a Failure.
 */
export async function writeWhole(bytes: Uint8Array, target: Target): Promise<void> {
  const folder = path.dirname(target.path);
  const part = path.join(folder, `.keyturn-${randomBytes(6).toString('hex')}.part`);
  try {
    await writeNew(part, bytes);
    await assertFree(target);
    await (target.force ? rename(part, target.path) : putFresh(part, target.path, bytes));
    await sync(folder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw codeOf(error) === 'EEXIST' ? inTheWay() : unwritable(error);
  } finally {
    await rm(part, { force: true });
  }
}

async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    // The mask of the shell may have taken the owner's own rights.
    await handle.chmod(0o600);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Both fail where somebody else was faster. Some file systems have no links. */
async function putFresh(part: string, target: string, bytes: Uint8Array): Promise<void> {
  try {
    await link(part, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    await writeFresh(target, bytes);
  }
}

/** What was begun is taken away again; a power cut may leave it, and restore refuses that. */
async function writeFresh(target: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeNew(target, bytes);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await rm(target, { force: true });
    throw error;
  }
}

/** The name of the file must be on the disk, too. Not every system can say so. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw unwritable(error);
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : 'unknown';

const inTheWay = () =>
  new Failure(
    'FILE_EXISTS',
    'There is a file of that name, and it was left alone. Name another with --output, or add --force.',
  );

const noFile = () =>
  new Failure(
    'FILE_EXISTS',
    'What --output names is there, and is no ordinary file. Name a file; - is standard output.',
  );

const unwritable = (error: unknown) =>
  new Failure(
    'FILE_UNWRITABLE',
    `The file of --output cannot be written (${String(codeOf(error))}), and no part of it was left. Name a ` +
      'folder that exists and that you may write to, with room on its disk.',
  );
