import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/build.ts';
import { bundled, type Bundled } from './bundled.ts';

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
    const { metafile } = built;
    const atStart = packagesIn(metafile, closure(metafile, entry, ['import-statement']));
    const ever = packagesIn(
      metafile,
      closure(metafile, entry, ['import-statement', 'dynamic-import']),
    );

    expect(atStart).not.toContain(name);
    expect(ever).toContain(name);
  });

  it('loads the client of Secrets Manager at its start', () => {
    const { metafile } = built;

    const atStart = packagesIn(metafile, closure(metafile, entry, ['import-statement']));

    expect(atStart).toContain('@aws-sdk/client-secrets-manager');
  });
});

it('holds nothing of the local stack, the command line or the tests', () => {
  const own = Object.keys(built.metafile.inputs).filter((path) => !path.includes('node_modules/'));

  expect(own).toContain('src/handlers/wiring.ts');
  expect(own.filter((path) => /^(src\/(local|cli|app)|test|scripts)\//.test(path))).toEqual([]);
});

it('needs nothing beside itself but Node, and the part of pg that may be missing', () => {
  const outside = Object.values(built.metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external)
    .map(({ path }) => path.replace(/^node:/, ''));

  expect(outside.filter((path) => !isBuiltin(path))).toEqual(['pg-native']);
});

it('writes a source map beside every module, and its metafile', async () => {
  const files = await readdir(built.directory, { recursive: true });
  const modules = files.filter((file) => file.endsWith('.mjs'));
  const metafile: unknown = JSON.parse(await readFile(join(built.directory, 'meta.json'), 'utf8'));

  expect(modules).toEqual(expect.arrayContaining(entries));
  expect(files).toEqual(expect.arrayContaining(modules.map((file) => `${file}.map`)));
  expect(metafile).toEqual(built.metafile);
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
  const script = join(import.meta.dirname, '../../scripts/build.ts');

  const { status, stderr } = spawnSync(process.execPath, [script, directory], { encoding: 'utf8' });
  const left = await readdir(directory);
  await rm(directory, { recursive: true });

  expect(status).toBe(1);
  expect(stderr).toContain('holds files that no build wrote');
  expect(left).toEqual(['precious']);
});

type ImportKind = Metafile['outputs'][string]['imports'][number]['kind'];

/** The outputs that an entry reaches by imports of these kinds. */
function closure(
  { outputs }: Metafile,
  entry: string,
  kinds: readonly ImportKind[],
): ReadonlySet<string> {
  const reached = new Set(Object.keys(outputs).filter((path) => path.endsWith(`/${entry}`)));
  for (const path of reached) {
    const next = outputs[path]?.imports.filter(
      ({ kind, external }) => kinds.includes(kind) && !external,
    );
    for (const { path: imported } of next ?? []) reached.add(imported);
  }
  return reached;
}

/** The packages whose code is in these outputs. */
function packagesIn({ outputs }: Metafile, paths: ReadonlySet<string>): readonly string[] {
  const inputs = [...paths].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  const names = inputs.flatMap(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)];
}
