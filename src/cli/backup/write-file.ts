import { lstat } from 'node:fs/promises';
import { errorCode } from '../error-code.ts';
import { Failure } from '../failure.ts';
import { writeWhole } from '../write-whole.ts';

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

/** Writes a backup whole or not at all, for its owner alone. Throws a Failure. */
export async function writeBackup(bytes: Uint8Array, target: Target): Promise<void> {
  const { path, force } = target;
  const replacing = force ? () => assertFree(target) : undefined;
  try {
    await writeWhole({ path, bytes, mode: 0o600, replacing });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw errorCode(error) === 'EEXIST' ? inTheWay() : unwritable(error);
  }
}

function absent(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw unwritable(error);
}

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
    `The file of --output cannot be written (${errorCode(error)}), and no part of it was left. Name a ` +
      'folder that exists and that you may write to, with room on its disk.',
  );
