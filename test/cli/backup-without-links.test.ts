import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeBackup } from '../../src/cli/backup/write-file.ts';

/** What somebody else does right before a link would be made. */
const meanwhile = vi.hoisted(() => ({ act: async (_target: string): Promise<void> => undefined }));

// A file system such as that of most sticks has no hard links, and no test can mount one.
vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  link: async (_from, to) => {
    await meanwhile.act(String(to));
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
  },
}));

let folder = '';
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'keyturn-links-'))));
afterAll(() => rm(folder, { recursive: true }));

const bytes = new Uint8Array([1, 2, 3]);

test('a backup is written where there are no hard links, for its owner alone', async () => {
  const target = path.join(folder, 'a.age');

  await writeBackup(bytes, { path: target, force: false });

  expect(new Uint8Array(await readFile(target))).toEqual(bytes);
  expect((await stat(target)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a.age']);
});

test('a file that somebody made meanwhile is left alone there, too', async () => {
  const target = path.join(folder, 'b.age');
  meanwhile.act = (file) => writeFile(file, 'theirs');

  const writing = writeBackup(bytes, { path: target, force: false });

  await expect(writing).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await readFile(target, 'utf8')).toBe('theirs');
  expect(await readdir(folder)).toEqual(['a.age', 'b.age']);
});
