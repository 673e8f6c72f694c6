import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { rolldown, type OutputChunk, type OutputOptions } from 'rolldown';

const root = join(import.meta.dirname, '..');

/** One module of what was built. */
export interface BuiltModule {
  readonly file: string;
  readonly bytes: number;
  /** The files that it is made of, seen from the project's folder. */
  readonly sources: readonly string[];
  /** Modules that load with it: others of the build, by their files, or Node's. */
  readonly imports: readonly string[];
  /** Modules that load when it asks for them. */
  readonly dynamicImports: readonly string[];
}

/** What a comparison builds otherwise. */
export interface Changes {
  /** Files by the names of the modules that are made of them. */
  readonly entries?: Readonly<Record<string, string>>;
  readonly minify?: boolean;
  readonly codeSplitting?: CodeSplitting;
}

type CodeSplitting = NonNullable<OutputOptions['codeSplitting']>;

const functions = {
  'rotate-secret': 'src/handlers/rotate-secret.ts',
  'reconcile-secret': 'src/handlers/reconcile-secret.ts',
};

/**
 * What the packages add to a start is one module, and what both functions have of ours another:
 * reading many takes longer, and only ours has a source map.
 */
const twoAtStart: CodeSplitting = {
  groups: [
    { name: 'packages', tags: ['$initial'], test: /[\\/]node_modules[\\/]/ },
    { name: 'shared', tags: ['$initial'], test: /[\\/]src[\\/]/, minShareCount: 2 },
  ],
};

/**
 * Empties the directory and writes both functions into it, as ES modules that share what they have
 * in common. What is imported dynamically, such as the clients of RDS, Scheduler, SQS, PostgreSQL
 * and Twilio, loads on first use. Answers what is in which module, and writes it to `meta.json`
 * beside them. Throws on any warning.
 */
export async function bundle(
  directory: string,
  changes: Changes = {},
): Promise<readonly BuiltModule[]> {
  const { entries = functions, minify = true, codeSplitting = twoAtStart } = changes;
  const warnings: string[] = [];
  await using build = await rolldown({
    cwd: root,
    input: { ...entries },
    platform: 'node',
    // The packages' ES modules where there are some: they load in two thirds of the time.
    resolve: { mainFields: ['module', 'main'] },
    transform: { target: 'node24' },
    // An optional part of pg, which does without it where it is missing.
    external: ['pg-native'],
    onLog: (level, { message }) => void (level === 'warn' && warnings.push(message)),
  });
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    codeSplitting,
    minify,
    sourcemap: 'hidden',
    sourcemapExcludeSources: true,
  });
  if (warnings.length > 0) throw new Error(warnings.join('\n'));

  await rm(directory, { recursive: true, force: true });
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = await Promise.all(chunks.map((chunk) => written(chunk, directory)));
  await writeFile(join(directory, 'meta.json'), JSON.stringify(modules));
  return modules;
}

if (import.meta.main) {
  const directory = resolve(process.argv[2] ?? join(root, 'dist'));
  await assertDisposable(directory);
  const modules = await bundle(directory);
  const bytes = modules.reduce((sum, module) => sum + module.bytes, 0);
  process.stdout.write(
    `${directory}: ${modules.length} modules, ${Math.ceil(bytes / 1024)} KiB of code\n`,
  );
}

/** A directory named by hand is emptied only where an earlier build filled it. */
async function assertDisposable(directory: string): Promise<void> {
  const files: string[] = await readdir(directory).catch(() => []);
  if (files.length === 0 || files.includes('meta.json')) return;
  throw new Error(`${directory} holds files that no build wrote. Name another directory.`);
}

/**
 * With a source map where code of ours is in it, and without one elsewhere: Node reads every map
 * whenever a function starts, though an error may never come.
 */
async function written(chunk: OutputChunk, directory: string): Promise<BuiltModule> {
  const { fileName: file, imports, dynamicImports, map } = chunk;
  const sources = chunk.moduleIds.filter(isAbsolute).map((id) => relative(root, id));
  const isOurs = sources.some((source) => !source.includes('node_modules/'));
  const code = isOurs ? `${chunk.code}\n//# sourceMappingURL=${basename(file)}.map\n` : chunk.code;
  const path = join(directory, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
  if (isOurs && map) await writeFile(`${path}.map`, map.toString());
  return { file, bytes: Buffer.byteLength(code), sources, imports, dynamicImports };
}
