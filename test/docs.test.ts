import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { retryableByCode } from '../src/rotation/errors.ts';
import { rotatorKinds } from '../src/rotators/list.ts';

const read = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

describe('docs/operating.md', () => {
  it.each(Object.entries(retryableByCode))('says what to do about %s', async (code, retryable) => {
    const rows = (await read('docs/operating.md')).split('\n');
    const row = rows.find((line) => line.startsWith(`| \`${code}\``));

    expect(row).toMatch(retryable ? /\| again by itself +\|/ : /\| a person +\|/);
  });

  it('names no code that does not exist', async () => {
    const section = (await read('docs/operating.md')).split('## Error codes')[1] ?? '';
    const codes = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);

    expect(new Set(codes)).toEqual(new Set(Object.keys(retryableByCode)));
  });
});

describe('README.md', () => {
  it.each(rotatorKinds.map(({ name }) => name))('names the rotator %s', async (name) => {
    expect(await read('README.md')).toContain(`\`${name}\``);
  });
});

describe('every page', () => {
  it('links only to files that exist', async () => {
    const pages = [
      'README.md',
      'SECURITY.md',
      ...(await pagesIn('docs')),
      ...(await pagesIn('docs/decisions')),
    ];
    const missing: string[] = [];
    for (const page of pages) {
      for (const [, target = ''] of (await read(page)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        const file = path.posix.join(path.posix.dirname(page), target);
        if (!(await exists(file))) missing.push(`${page} → ${target}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

async function pagesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(new URL(`../${folder}`, import.meta.url));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

const exists = (file: string) =>
  readdir(new URL(`../${path.posix.dirname(file)}`, import.meta.url)).then(
    (names) => names.includes(path.posix.basename(file)) || file.endsWith('/'),
    () => false,
  );
