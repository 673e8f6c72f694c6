import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { localSecrets, sample, type LocalSecrets } from '../cli/local-secrets.ts';
import { environmentOf } from '../cli/run-keyturn.ts';
import { installPackage, root, type Project } from './installed.ts';

const name = 'shop/production';
const client = '@aws-sdk/client-secrets-manager';

let project: Project | undefined;
let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
  const SecretString = JSON.stringify(sample);
  await secrets.client.send(new CreateSecretCommand({ Name: name, SecretString }));
  project = await installPackage();
  if (!project && process.env['CI'] === 'true') throw new Error('npm cannot reach its registry.');
}, 180_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await secrets.close();
});

beforeEach(({ skip }) => skip(project === undefined, 'npm cannot reach its registry'));

describe('keyturn/app', () => {
  test.each(['read.mjs', 'read.cjs'])('reads a secret in %s', async (program) => {
    expect(await run('node', program)).toEqual({
      exitCode: 0,
      stdout: sample.DB_PASSWORD,
      stderr: '',
    });
  });

  test('loads one file and nothing of another package, until it reads', async () => {
    const { stdout } = await run('node', 'loaded.mjs');
    const entry = join(installed().directory, 'node_modules/keyturn/lib/app/index.js');

    const ofClient: unknown = expect.stringContaining(`/node_modules/${client}/`);
    expect(JSON.parse(stdout)).toEqual({
      before: [pathToFileURL(entry).href],
      after: expect.arrayContaining([ofClient]),
    });
  });

  test.each([
    ['consumer.mts', 'nodenext', 'nodenext'],
    ['consumer.cts', 'nodenext', 'nodenext'],
    ['consumer.ts', 'esnext', 'bundler'],
  ])('has types for %s with %s modules, resolved as by %s', async (file, module, resolution) => {
    await copyFile(join(import.meta.dirname, 'project/consumer.ts'), inProject(file));
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
    const how = ['--noEmit', '--target', 'es2024', '--module', module];
    const args = [...how, '--moduleResolution', resolution, ...strict, ...types, file];

    const compiled = await run('node', join(root, 'node_modules/typescript/bin/tsc'), ...args);

    expect(compiled).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('names no file in its declarations that the package lacks', async () => {
    const folder = inProject('node_modules/keyturn/lib/app');
    const files = (await readdir(folder)).filter((file) => file.endsWith('.d.ts'));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const named = texts.flatMap((text) => [...text.matchAll(/(?:from |import\()'([^']+)'/g)]);
    const others = named.map(([, from = '']) => from).filter((from) => !isBuiltin(from));

    const known = [client, ...files.map((file) => `./${file.replace('.d.ts', '.js')}`)];
    expect(known).toEqual(expect.arrayContaining(others));
    expect(others).toContain('./secrets.js');
  });

  test('says in an editor what it does', async () => {
    const declared = await readFile(inProject('node_modules/keyturn/lib/app/secrets.d.ts'), 'utf8');

    expect(declared).toMatch(/\/\*\*\s+\* Waits for the first value[^/]*\*\/\s+ready\(\)/);
  });
});

describe('the command', () => {
  const others = '--without DB_PASSWORD --without TWILIO_ACCOUNT_SID --without TWILIO_AUTH_TOKEN';

  test.each([
    ['--help', 'shows how it stands'],
    ['init --help', 'keyturn init --environment production'],
    ['rollback --help', 'Usage: keyturn rollback'],
    [`init shop/testing --dry-run ${others}`, 'shop/testing can be created'],
  ])('runs keyturn %s', async (words, said) => {
    const { exitCode, stdout } = await keyturn(...words.split(' '));

    expect(stdout).toContain(said);
    expect(exitCode).toBe(0);
  });

  test('reaches Secrets Manager', async () => {
    const { exitCode, stderr } = await keyturn('rollback', name, '--yes');

    expect(stderr).toContain('[ROTATION_NOT_ENABLED]');
    expect(exitCode).toBe(1);
  });
});

test('holds what it runs, its pages, and nothing else', async () => {
  const found = await readdir(inProject('node_modules/keyturn'), {
    recursive: true,
    withFileTypes: true,
  });
  const folder = inProject('node_modules/keyturn/');
  const files = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(folder.length));

  expect(files).toEqual(expect.arrayContaining(['bin/keyturn.js', 'lib/app/index.d.ts']));
  expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
});

const expected = [
  /^(package\.json|README\.md|SECURITY\.md|LICENSE)$/,
  /^docs\/(decisions\/)?[\w-]+\.md$/,
  /^bin\/keyturn\.js$/,
  /^lib\/app\/(index\.js|[\w-]+\.d\.ts)$/,
  /^lib\/cli\/[\w-]+\.js$/,
];

function installed(): Project {
  if (project) return project;
  throw new Error('The package was not installed.');
}

const inProject = (file: string) => join(installed().directory, file);

const run = (...args: readonly string[]) =>
  installed().run(
    args,
    environmentOf({ ...secrets, env: { KEYTURN_SECRET_ID: name, NODE_OPTIONS: undefined } }),
  );

const keyturn = (...args: readonly string[]) => run('npx', '--no-install', 'keyturn', ...args);
