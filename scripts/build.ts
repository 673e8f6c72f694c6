import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, formatMessages, type Metafile } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Packages in CommonJS call `require` for what Node brings; an ES module has none by itself. */
const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Empties the directory and writes both functions into it, as ES modules that share chunks. What
 * is imported dynamically, such as the clients of RDS, Scheduler, SQS, PostgreSQL and Twilio, is
 * a chunk of its own and loads on first use. Writes esbuild's metafile to `meta.json` beside them.
 * Throws on any warning.
 */
export async function bundle(directory: string): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: ['rotate-secret', 'reconcile-secret'].map((name) => `src/handlers/${name}.ts`),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    // The packages' ES modules where there are some: they load in two thirds of the time.
    mainFields: ['module', 'main'],
    platform: 'node',
    target: 'node24',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: requireBanner },
    // An optional part of pg, which does without it where it is missing.
    external: ['pg-native'],
    metafile: true,
    logLevel: 'silent',
  });
  if (warnings.length > 0) {
    throw new Error((await formatMessages(warnings, { kind: 'warning' })).join('\n'));
  }
  await writeFile(join(directory, 'meta.json'), JSON.stringify(metafile));
  return metafile;
}

if (import.meta.main) {
  const directory = resolve(process.argv[2] ?? join(root, 'dist'));
  await assertDisposable(directory);
  const { outputs } = await bundle(directory);
  const code = Object.entries(outputs).filter(([path]) => path.endsWith('.mjs'));
  const bytes = code.reduce((sum, [, output]) => sum + output.bytes, 0);
  process.stdout.write(
    `${directory}: ${code.length} modules, ${Math.ceil(bytes / 1024)} KiB of code\n`,
  );
}

/** A directory named by hand is emptied only where an earlier build filled it. */
async function assertDisposable(directory: string): Promise<void> {
  const files: string[] = await readdir(directory).catch(() => []);
  if (files.length === 0 || files.includes('meta.json')) return;
  throw new Error(`${directory} holds files that no build wrote. Name another directory.`);
}
