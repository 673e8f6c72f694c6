import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atStart, ever } from '../../bench/closure.ts';
import { bundle, type BuiltModule } from '../../scripts/build.ts';
import { bundled, type Bundled } from './bundled.ts';

const root = join(import.meta.dirname, '../..');
const entries = ['rotate-secret.mjs', 'reconcile-secret.mjs'];

let built: Bundled;
beforeAll(async () => {
  built = await bundled();
});
afterAll(async () => built[Symbol.asyncDispose]());

describe.each(entries)('%s', (entry) => {
  it.each([
    'twilio',
    '@aws-sdk/client-rds',
    '@aws-sdk/client-scheduler',
    '@aws-sdk/client-sqs',
    'pg',
  ])('loads %s on first use only', (name) => {
    expect(packagesIn(atStart(built.modules, entry))).not.toContain(name);
    expect(packagesIn(ever(built.modules, entry))).toContain(name);
  });

  it('loads the client of Secrets Manager at its start', () => {
    expect(packagesIn(atStart(built.modules, entry))).toContain('@aws-sdk/client-secrets-manager');
  });

  it('loads nothing of the other function', () => {
    const files = atStart(built.modules, entry).map(({ file }) => file);

    expect(files.filter((file) => entries.includes(file))).toEqual([entry]);
  });
});

it('holds nothing of the local stack, the command line, the tests or the benchmark', () => {
  const own = built.modules.flatMap(({ sources }) => sources).filter(isOurs);

  expect(own).toContain('src/handlers/wiring.ts');
  expect(
    own.filter((path) => /^(src\/(local|cli|app)|bench|examples|scripts|test)\//.test(path)),
  ).toEqual([]);
});

it('imports nothing but its own modules and Node’s', () => {
  const files = new Set(built.modules.map(({ file }) => file));
  const imported = built.modules.flatMap(({ imports, dynamicImports }) => [
    ...imports,
    ...dynamicImports,
  ]);

  expect(imported.filter((name) => !files.has(name) && !isBuiltin(name))).toEqual([]);
});

it('names a source map in every module that holds code of ours, and writes no other', async () => {
  const ours = built.modules.filter(({ sources }) => sources.some(isOurs)).map(({ file }) => file);
  const files = await readdir(built.directory, { recursive: true });
  const named = await Promise.all(ours.map((file) => namedMap(join(built.directory, file))));

  expect(ours).toEqual(expect.arrayContaining(entries));
  expect(named).toEqual(ours.map((file) => `${basename(file)}.map`));
  expect(files.filter((file) => file.endsWith('.map')).toSorted()).toEqual(
    ours.map((file) => `${file}.map`).toSorted(),
  );
});

it('leads an error of ours back to the line in its file', () => {
  const entry = pathToFileURL(join(built.directory, 'rotate-secret.mjs')).href;
  const args = ['--enable-source-maps', '--input-type=module', '--eval', `import '${entry}'`];

  const { stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { KEYTURN_DB_TLS: 'maybe' },
  });

  expect(stderr).toContain('CONFIG_INVALID');
  expect(stderr).toMatch(/ at readEnvironment \(.*\/src\/handlers\/environment\.ts:\d+:\d+\)/);
});

it('says what is in which module', async () => {
  const meta: unknown = JSON.parse(await readFile(join(built.directory, 'meta.json'), 'utf8'));

  expect(meta).toEqual(built.modules);
});

it('leaves nothing of an earlier build', async () => {
  await using again = await bundled();
  const stale = join(again.directory, 'stale.mjs');
  await writeFile(stale, '');

  await bundle(again.directory);

  expect(await readdir(again.directory)).not.toContain('stale.mjs');
});

it('empties no directory that another hand filled', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'keyturn-not-a-bundle-'));
  await writeFile(join(directory, 'precious'), '');
  const script = join(root, 'scripts/build.ts');

  const { status, stderr } = spawnSync(process.execPath, [script, directory], { encoding: 'utf8' });
  const left = await readdir(directory);
  await rm(directory, { recursive: true });

  expect(status).toBe(1);
  expect(stderr).toContain('holds files that no build wrote');
  expect(left).toEqual(['precious']);
});

const isOurs = (source: string) => !source.includes('node_modules/');

async function namedMap(file: string): Promise<string | undefined> {
  return /\n\/\/# sourceMappingURL=(.+)\n$/.exec(await readFile(file, 'utf8'))?.[1];
}

/** The packages whose code is in these modules. */
function packagesIn(modules: readonly BuiltModule[]): readonly string[] {
  const names = modules
    .flatMap(({ sources }) => sources)
    .flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)];
}
