import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../error-code.ts';
import { Failure } from '../../failure.ts';
import { writeWhole } from '../../write-whole.ts';
import type { DeploymentFiles, PlannedFile } from './plan-files.ts';

/**
 * Writes what is not there yet, each file whole or not at all. What somebody else wrote meanwhile
 * stays. Throws a Failure, which begins with what is done by then.
 */
export async function writeFiles({ folder, files }: DeploymentFiles, done: string): Promise<void> {
  const refused = ({ name }: PlannedFile, why: string) => unwritten(name, why, done);
  for (const file of files.filter(({ text, before }) => text !== before)) {
    try {
      await write(folder, file, refused);
    } catch (error) {
      throw error instanceof Failure ? error : refused(file, errorCode(error));
    }
  }
}

type Refused = (file: PlannedFile, why: string) => Failure;

async function write(folder: string, file: PlannedFile, refused: Refused): Promise<void> {
  const { name, text, before } = file;
  const named = path.join(folder, name);
  const bytes = Buffer.from(text);
  if (before === undefined) return writeWhole({ path: named, bytes });
  const target = await realpath(named);
  const mode = (await stat(target)).mode & 0o777;
  await writeWhole({
    path: target,
    bytes,
    mode,
    async replacing() {
      if (!(await readFile(target)).equals(Buffer.from(before))) {
        throw refused(file, 'somebody changed it meanwhile');
      }
    },
  });
}

const unwritten = (name: string, why: string, done: string) =>
  new Failure(
    'FILES_UNWRITTEN',
    `${done}${name} could not be written (${why}). Mend that, and run the same command with --files-only ` +
      'in place of the options for keys and values.',
  );
