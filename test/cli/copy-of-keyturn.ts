import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A folder of its own that a stack can be deployed from. */
export async function copyOfKeyturn(): Promise<{
  readonly folder: string;
  /** `undefined` where the file is not there. */
  readonly read: (name: string) => Promise<string | undefined>;
  readonly write: (name: string, text: string) => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keyturn-copy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['template.yaml', 'rotation.config.ts', 'package.json']) {
    await copyFile(path.join(root, name), path.join(folder, name));
  }
  for (const name of ['src', 'node_modules']) {
    await symlink(path.join(root, name), path.join(folder, name));
  }
  return {
    folder,
    read: (name) => readFile(path.join(folder, name), 'utf8').catch(() => undefined),
    write: (name, text) => writeFile(path.join(folder, name), text),
  };
}
