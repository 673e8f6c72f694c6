import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../error-code.ts';
import { Failure } from '../../failure.ts';

/** The text of a file; `undefined` where nothing has that name. Throws a Failure. */
export async function readIfThere(folder: string, name: string): Promise<string | undefined> {
  const file = path.join(folder, name);
  try {
    // A link to nowhere is there, too.
    const isThere = await lstat(file).catch(absent);
    return isThere && decoded(name, await readFile(file));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'FILES_UNWRITTEN',
      `${name} is there and cannot be read (${errorCode(error)}). Nothing was created. Mend that, or add --no-files.`,
    );
  }
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

/** Bytes that are no text would come back as others. */
function decoded(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure(
      'FILE_DIFFERS',
      `${name} holds bytes that are no UTF-8, and is left as it is. Nothing was created. Store it as UTF-8 or move ` +
        'it away, or add --no-files.',
    );
  }
}
