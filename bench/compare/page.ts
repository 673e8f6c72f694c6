import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Report } from './report.ts';
import { markdownOf } from './tables.ts';

const page = fileURLToPath(new URL('../../docs/strategies.md', import.meta.url));

const [begin, end] = ['<!-- compared: begin -->', '<!-- compared: end -->'];

/** Puts the table into docs/strategies.md, between its two marks. Throws where they are not there. */
export async function writePage(report: Report): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/strategies.md has no ${begin} and ${end}.`);
  const written = [before, begin, '\n\n', markdownOf(report), '\n\n', end, after].join('');
  await writeFile(page, await format(written, { ...(await resolveConfig(page)), filepath: page }));
}
