import { chmod, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { generated, useInitRig } from './init-rig.ts';

/** What somebody else does right before a link would be made, and whether links can be made. */
const links = vi.hoisted(() => ({ there: true, before: async (): Promise<void> => undefined }));

// A file system such as that of most sticks has no hard links, and no test can mount one.
vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return {
    ...real,
    link: async (from, to) => {
      await links.before();
      if (links.there) return real.link(from, to);
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    },
  };
});

const { run, secrets } = useInitRig();
beforeEach(() => Object.assign(links, { there: true, before: async () => undefined }));

const partsIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.startsWith('.'));

describe('where there are no hard links', () => {
  test('a file is written whole', async () => {
    const copy = await copyOfKeyturn();
    links.there = false;

    const { error } = await run(copy, generated('without/links'));

    expect(error).toBeUndefined();
    expect(await copy.read('samconfig.toml')).toContain('stack_name = "keyturn-without-links"');
    expect(await partsIn(copy.folder)).toEqual([]);
  });

  test('one that somebody made meanwhile is left alone', async () => {
    const copy = await copyOfKeyturn();
    links.there = false;
    links.before = () => copy.write('samconfig.toml', 'theirs = 1\n');

    const { error } = await run(copy, generated('without/luck'));

    expect(error).toMatchObject({ code: 'FILES_UNWRITTEN' });
    expect(await copy.read('samconfig.toml')).toBe('theirs = 1\n');
    expect(await partsIn(copy.folder)).toEqual([]);
  });
});

test('a file that is added to stays open to whom it was open, whatever the mask of the shell', async () => {
  const copy = await copyOfKeyturn();
  const file = path.join(copy.folder, 'samconfig.toml');
  await copy.write('samconfig.toml', 'version = 0.1\n');
  await chmod(file, 0o664);
  const mask = process.umask(0o077);

  await run(copy, generated('kept/mode')).finally(() => process.umask(mask));

  expect((await stat(file)).mode & 0o777).toBe(0o664);
});

test('a signal while the files are written comes too late, and what is there is told', async () => {
  const copy = await copyOfKeyturn();
  links.before = async () => void process.emit('SIGINT');

  const { error } = await run(copy, generated('late/signal'));

  const arn = await secrets().arnOf('late/signal');
  expect(error).toMatchObject({
    code: 'INTERRUPTED_CREATED',
    message: expect.stringContaining('samconfig.toml is written'),
  });
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ secret: 'late/signal', arn });
  expect(await copy.read('samconfig.toml')).toContain('stack_name');
});
