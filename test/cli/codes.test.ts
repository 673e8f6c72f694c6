import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { retryableByCode } from '../../src/rotation/errors.ts';

const root = new URL('../../', import.meta.url);

const read = (file: string) => readFile(new URL(file, root), 'utf8');

/** What stands under a heading, up to the next one. */
const section = async (page: string, heading: string) =>
  (await read(page)).split(`\n${heading}\n`)[1]?.split(/\n##+ /)[0] ?? '';

/** Codes as they stand in the sources: at the head of a Failure, or of what an AWS error means. */
const codes = /(?:Failure\(|super\(|code:|\[|^)\s*'(?!SIG|AWS)([A-Z][A-Z_]{4,})'/gm;

test('every code of the commands is explained', async () => {
  const names = await readdir(new URL('src/cli', root), { recursive: true });
  // The doctor's findings are no errors: doctor-codes.test.ts looks after them.
  const files = names.filter((name) => name.endsWith('.ts') && !name.startsWith('doctor/'));
  const sources = await Promise.all(files.map((name) => read(`src/cli/${name}`)));
  const thrown = sources.flatMap((source) => [...source.matchAll(codes)].map(([, code]) => code));

  const sections = await Promise.all([
    section('docs/deploying.md', '### When init refuses'),
    section('docs/application.md', '### When a command refuses'),
    section('docs/operating.md', '### When a rotation is not seen to succeed'),
    section('docs/backup.md', '## When backup or restore refuses'),
  ]);
  const listed = sections.flatMap((text) =>
    [...text.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code),
  );

  const ours = new Set(thrown.filter((code) => !Object.hasOwn(retryableByCode, code ?? '')));
  expect(new Set(listed)).toEqual(ours);
});
