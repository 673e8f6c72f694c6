import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(`${root}/docs/application.md`, 'utf8');
const source = await readFile(`${root}/src/app/secrets-error.ts`, 'utf8');

test('every code of a SecretsError is explained, and no other', () => {
  const section = page.split('## Errors')[1]?.split('\n## ')[0] ?? '';
  const explained = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);
  const type = /SecretsErrorCode =([^;]*);/.exec(source)?.[1] ?? '';
  const codes = [...type.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(5);
  expect(explained).toHaveLength(codes.length);
  expect(new Set(explained)).toEqual(new Set(codes));
});

test('the examples compile, under strict rules', { timeout: 120_000 }, async () => {
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, block = '']) => block);
  // Inside of the project, where `keyturn/app` and the packages of the examples are found.
  const folder = await mkdtemp(`${root}/test/docs/.examples-`);
  try {
    await Promise.all(
      blocks.map((block, number) => writeFile(`${folder}/example-${number}.ts`, block)),
    );
    const config = {
      extends: '../../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false },
      include: ['*.ts'],
    };
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify(config));
    const complaints = await promisify(execFile)(`${root}/node_modules/.bin/tsc`, ['-p', folder])
      .then(() => '')
      .catch((error: { readonly stdout?: string }) => error.stdout ?? 'tsc did not run');

    expect(blocks.length).toBeGreaterThan(4);
    expect(complaints).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});
