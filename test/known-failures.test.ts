import { readFileSync, globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The rows of the table: id, failure, what is done, and the test files that show it. */
const rows = read('docs/known-failures.md')
  .split('\n')
  .filter((line) => line.startsWith('| F-'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, id = '', failure = '', answer = '', shownIn = '']) => ({
    id,
    failure,
    answer,
    files: [...shownIn.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file),
  }));

/** The ids in the titles of tests, by file. */
const titled = new Map(
  globSync('test/**/*.test.ts', { cwd: root }).map((file) => [
    file.split(path.sep).join('/'),
    titlesIn(read(file)).flatMap(idsIn),
  ]),
);

test('every id from F-1 to F-20 has one row', () => {
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, at) => `F-${at + 1}`));
});

describe.each(rows)('$id', ({ id, failure, answer, files }) => {
  test('says how it fails, and what is done about it', () => {
    expect(failure).toMatch(/\.$/);
    expect(answer).toMatch(/\.$/);
  });

  test('is shown by tests that carry its id, or says why there is none', () => {
    const without = files.filter((file) => !titled.get(file)?.includes(id));
    const hasReason = /^(Cannot happen here|Not built yet): \w/.test(answer);

    expect(without).toEqual([]);
    expect(files.length > 0 || hasReason).toBe(true);
  });

  test('names every test file that carries its id', () => {
    const carrying = [...titled].flatMap(([file, ids]) => (ids.includes(id) ? [file] : []));

    expect(new Set(carrying)).toEqual(new Set(files));
  });
});

test('no test carries an id that has no row', () => {
  const known = new Set(rows.map(({ id }) => id));

  expect([...titled.values()].flat().filter((id) => !known.has(id))).toEqual([]);
});

/** Titles are the first text of a test or a group, or the one behind its table. Skipped ones do not count. */
function titlesIn(source: string): readonly string[] {
  const begin =
    /(?:\b(?:test|it|describe)(?:\.(?!skip|todo)\w+)*(?:\([^()]*\))?|\]\))\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g;
  return [...source.matchAll(begin)].map(([, , title = '']) => title);
}

function idsIn(title: string): readonly string[] {
  const [, ids = ''] = /\((F-\d+(?:, F-\d+)*)\)$/.exec(title) ?? [];
  return ids === '' ? [] : ids.split(', ');
}
