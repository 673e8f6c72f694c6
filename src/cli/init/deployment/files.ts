import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../failure.ts';
import { assertFits, type Deployment } from './deployment.ts';
import { rotationFile } from './rotation-file.ts';
import { samConfig, samConfigName } from './samconfig.ts';

/** A file as it is to be. */
interface PlannedFile {
  readonly name: string;
  readonly text: string;
  /** What it holds now; `undefined` where it is not there. */
  readonly before: string | undefined;
}

/** The files of a deployment, and how one goes on with them. */
export interface DeploymentFiles {
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  /** The commands that come next. */
  readonly next: string;
}

const rotationName = 'rotation.config.ts';
const besideName = 'rotation.config.new.ts';

/** Whether a folder is a copy of Keyturn, which a stack can be deployed from. */
export const isDeployable = (folder: string): boolean =>
  ['template.yaml', 'src/rotators/configuration.ts'].every((name) =>
    existsSync(path.join(folder, name)),
  );

/**
 * Plans the files without writing any. Throws a Failure where one that is there says otherwise, or
 * where template and configuration would not fit.
 */
export async function planFiles(
  folder: string,
  deployment: Deployment,
  { region, secret }: { readonly region: string; readonly secret: string },
): Promise<DeploymentFiles> {
  assertFits(deployment);
  const before = await textOf(folder, samConfigName);
  const { text, table } = samConfig({ deployment, region, before });
  const rotation = await plannedRotation(folder, secret, deployment);
  const beside = rotation?.name === besideName ? `mv ${besideName} ${rotationName} && ` : '';
  return {
    folder,
    files: [{ name: samConfigName, text, before }, ...(rotation ? [rotation] : [])],
    next: `${beside}sam build && sam deploy${table === 'default' ? '' : ` --config-env ${table}`}`,
  };
}

/** A configuration that is there is the owner's: another one is put beside it. */
async function plannedRotation(
  folder: string,
  secret: string,
  { entries }: Deployment,
): Promise<PlannedFile | undefined> {
  if (entries === undefined) return undefined;
  const text = rotationFile(secret, entries);
  const before = await textOf(folder, rotationName);
  if (before === undefined || before === text) return { name: rotationName, text, before };
  const beside = await textOf(folder, besideName);
  if (beside === undefined || beside === text) return { name: besideName, text, before: beside };
  throw new Failure(
    'FILE_DIFFERS',
    `There are a ${rotationName} and a ${besideName}, and neither says what --rotate does. Both are left as they ` +
      'are, and nothing was created. Move the second one away.',
  );
}

/** Writes what is not there yet: each file whole or not at all. Throws a Failure. */
export async function writeFiles({ folder, files }: DeploymentFiles, done: string): Promise<void> {
  for (const file of files.filter(({ text, before }) => text !== before)) {
    try {
      await write(folder, file);
    } catch (error) {
      throw unwritten(file.name, error, done);
    }
  }
}

async function write(folder: string, { name, text, before }: PlannedFile): Promise<void> {
  const wanted = path.join(folder, name);
  const target = before === undefined ? wanted : await realpath(wanted);
  const fresh = path.join(path.dirname(target), `.${randomUUID()}.tmp`);
  try {
    const mode = before === undefined ? 0o644 : (await stat(target)).mode & 0o777;
    await writeFile(fresh, text, { mode, flag: 'wx' });
    if (before === undefined) return await link(fresh, target);
    if (!(await readFile(target)).equals(Buffer.from(before))) throw new ChangedMeanwhile();
    await rename(fresh, target);
  } finally {
    await rm(fresh, { force: true });
  }
}

class ChangedMeanwhile extends Error {
  readonly code = 'changed meanwhile';
}

async function textOf(folder: string, name: string): Promise<string | undefined> {
  const file = path.join(folder, name);
  try {
    // A link to nowhere is there, too.
    const isThere = await lstat(file).catch(absent);
    return isThere && decoded(name, await readFile(file));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'FILES_UNWRITTEN',
      `${name} is there and cannot be read (${codeOf(error)}). Nothing was created. Mend that, or add --no-files.`,
    );
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
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

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

const unwritten = (name: string, error: unknown, done: string) =>
  new Failure(
    'FILES_UNWRITTEN',
    `${done}${name} could not be written (${codeOf(error)}). Mend that, and run the same command with --files-only ` +
      'in place of the options for keys and values.',
  );
