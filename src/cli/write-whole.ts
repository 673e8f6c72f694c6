import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';

/** A file as it is to be. */
interface WholeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Who may do what, to the letter; without it what new files have here. */
  readonly mode?: number | undefined;
  /** Asked right before what is there is replaced: throws to leave it. Without it nothing may be there. */
  readonly replacing?: (() => Promise<void>) | undefined;
}

/**
 * Writes a file whole or not at all, and onto the disk before it answers. Beside it stands a part of
 * it for a moment, which holds nothing but what is written. Throws the system's own errors: EEXIST
 * where a file is in the way.
 */
export async function writeWhole(file: WholeFile): Promise<void> {
  const folder = path.dirname(file.path);
  const part = path.join(folder, `.keyturn-${randomBytes(6).toString('hex')}.part`);
  try {
    await writeNew({ ...file, path: part });
    await (file.replacing ? replace(part, file.path, file.replacing) : putFresh(part, file));
    await sync(folder);
  } finally {
    await rm(part, { force: true });
  }
}

async function writeNew({ path: name, bytes, mode }: WholeFile): Promise<void> {
  const handle = await open(name, 'wx', mode);
  try {
    // The mask of the shell may have taken some of it, even the owner's own rights.
    if (mode !== undefined) await handle.chmod(mode);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replace(part: string, target: string, replacing: () => Promise<void>) {
  await replacing();
  await rename(part, target);
}

/** Both fail where somebody else was faster. Some file systems have no links. */
async function putFresh(part: string, file: WholeFile): Promise<void> {
  try {
    await link(part, file.path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw error;
    await writeFresh(file);
  }
}

/** What was begun is taken away again; only a power cut may leave it. */
async function writeFresh(file: WholeFile): Promise<void> {
  try {
    await writeNew(file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') await rm(file.path, { force: true });
    throw error;
  }
}

/** The name of the file must be on the disk, too. Not every system can say so. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
