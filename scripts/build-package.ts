import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown, type OutputChunk } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const lib = join(root, 'lib');

interface Entry {
  readonly source: string;
  readonly directory: string;
}

/** What the package's `exports` and its command name. They share no module: one loads without the other. */
const entries: readonly Entry[] = [
  { source: './src/app/index.ts', directory: join(lib, 'app') },
  { source: './src/cli/keyturn.ts', directory: join(lib, 'cli') },
];

/**
 * Empties `lib` and writes the JavaScript of the package into it, for Node 22 and newer, and the
 * declarations of `keyturn/app`. Throws where the code needs a package that an installer does not get.
 */
async function buildPackage(): Promise<void> {
  await rm(lib, { recursive: true, force: true });
  for (const entry of entries) await buildScript(entry);
  await declare();
}

/** Readable, since it is what an application's stack traces show, and without a map to the source. */
async function buildScript({ source, directory }: Entry): Promise<void> {
  const warnings: string[] = [];
  await using build = await rolldown({
    cwd: root,
    input: source,
    platform: 'node',
    external: /^[^./]/,
    transform: { target: 'node22' },
    onLog: (level, { message }) => void (level === 'warn' && warnings.push(message)),
  });
  const { output } = await build.write({
    dir: directory,
    format: 'esm',
    chunkFileNames: '[name].js',
    comments: { jsdoc: false },
  });
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  assertInstalled(output.filter((file) => file.type === 'chunk'));
}

/** Of what is imported, later included, everything must be Node's, the build's, or a dependency. */
function assertInstalled(chunks: readonly OutputChunk[]): void {
  const given = new Set([
    ...chunks.map(({ fileName }) => fileName),
    ...Object.keys(manifest.dependencies),
  ]);
  for (const { fileName, imports, dynamicImports } of chunks) {
    const missing = [...imports, ...dynamicImports].find(
      (name) => !isBuiltin(name) && !given.has(name) && !given.has(packageOf(name)),
    );
    if (missing === undefined) continue;
    throw new Error(
      `${fileName} imports ${missing}, which is not among the dependencies in package.json.`,
    );
  }
}

const packageOf = (name: string) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;

/** TypeScript leaves the names of files in declarations as they are in the source. */
async function declare(): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '--project', join(root, 'tsconfig.app.json')]);
  const directory = join(lib, 'app');
  const files = (await readdir(directory)).filter((file) => file.endsWith('.d.ts'));
  for (const path of files.map((file) => join(directory, file))) {
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/((?:from |import\()'\.[^']*)\.ts'/g, "$1.js'"));
  }
}

await buildPackage();
