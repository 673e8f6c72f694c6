import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, type Changes } from '../scripts/build.ts';
import { atStart, bytesOf } from './closure.ts';

/** Something that a process can load. */
export interface Subject {
  readonly name: string;
  readonly module: string;
  /** Code that is loaded at its start, and all files that are shipped. */
  readonly bytes?: { readonly atStart: number; readonly shipped: number };
  /** Beside those of a deployed function, or in their place. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Subjects {
  /** What Node itself takes. */
  readonly bare: Subject;
  /** The least that any rotation function takes. */
  readonly client: Subject;
  readonly rotate: Subject;
  readonly reconcile: Subject;
  /** The roads not taken. */
  readonly others: readonly Subject[];
}

/** Builds everything whose start is compared. */
export async function buildSubjects(directory: string): Promise<Subjects> {
  const empty = join(directory, 'empty.mjs');
  await writeFile(empty, 'export {};\n');
  const into = (name: string, changes?: Changes) => built(join(directory, name), changes);
  const entries = { 'rotate-secret': 'src/handlers/rotate-secret.ts' };
  const ours = await into('functions');
  const client = await into('client', {
    entries: { client: 'bench/entries/secrets-manager-client.ts' },
  });
  const wordy = await into('wordy', { entries, minify: false });
  const whole = await into('whole', { entries, codeSplitting: false });
  const rotate = ours('rotate-secret');
  const cache = { NODE_COMPILE_CACHE: join(directory, 'cache') };
  return {
    bare: { name: 'bare Node', module: empty },
    client: { ...client('client'), name: 'Secrets Manager client alone' },
    rotate,
    reconcile: ours('reconcile-secret'),
    others: [
      { ...rotate, name: 'rotate-secret, no source maps', variables: { NODE_OPTIONS: '' } },
      { ...rotate, name: 'rotate-secret, compile cache', variables: cache },
      { ...wordy('rotate-secret'), name: 'rotate-secret, not minified' },
      { ...whole('rotate-secret'), name: 'rotate-secret, one file' },
    ],
  };
}

/** Answers what finds an entry in the build. */
async function built(directory: string, changes?: Changes) {
  const modules = await bundle(directory, changes);
  const shipped = await bytesIn(directory);
  return (name: string): Subject => ({
    name,
    module: join(directory, `${name}.mjs`),
    bytes: { atStart: bytesOf(atStart(modules, `${name}.mjs`)), shipped },
  });
}

/** Without what the build writes about itself, which is not shipped. */
export async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'meta.json');
  const sizes = files.map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
