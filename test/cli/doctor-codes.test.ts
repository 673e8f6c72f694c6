import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findingCodes } from '../../src/cli/doctor/finding-codes.ts';

const root = new URL('../../', import.meta.url);

test('docs/troubleshooting.md explains every code of a finding once, and no other', async () => {
  const page = await readFile(new URL('docs/troubleshooting.md', root), 'utf8');
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` +\| (.{20,}) \|$/gm)].map(([, code]) => code);

  expect(listed).toHaveLength(findingCodes.length);
  expect(new Set(listed)).toEqual(new Set(findingCodes));
});

test('every code is one that a check can find', async () => {
  const folder = new URL('src/cli/doctor/', root);
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts') && name !== 'finding-codes.ts');
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  // Put together of the system's name and what befell it.
  const all = `${sources.join('\n')} 'DATABASE_UNREACHABLE' 'TWILIO_UNREACHABLE'`;

  expect(findingCodes.filter((code) => !all.includes(`'${code}'`))).toEqual([]);
});
