import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSecretFile } from '../../src/cli/read-secret-file.ts';

const newPath = () => {
  const file = path.join(tmpdir(), `keyturn-${randomUUID()}`);
  onTestFinished(() => rm(file, { force: true }));
  return file;
};

const bytes = Buffer.from('one line');

test('a file that others may read is told of, and a pipe, which keeps nothing, is not', async () => {
  const [file, pipe] = [newPath(), newPath()];
  await writeFile(file, bytes);
  execFileSync('mkfifo', [pipe]);
  for (const each of [file, pipe]) await chmod(each, 0o644);
  const read = Promise.all(
    [file, pipe].map((each) => readSecretFile({ path: each, option: '--identity', most: 8 })),
  );
  await writeFile(pipe, bytes);

  expect(await read).toEqual([
    { bytes, remains: true, othersMayRead: true },
    { bytes, remains: false, othersMayRead: false },
  ]);
});

test('one byte too many is refused', async () => {
  const file = newPath();
  await writeFile(file, bytes);
  const wanted = { path: file, option: '--identity', most: 7 };

  await expect(readSecretFile(wanted)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('--identity cannot be read (too large)'),
  });
});
