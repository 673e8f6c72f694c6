import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { head } from '../../bench/compare/cells.ts';
import { strategies } from '../../src/local/strategies/list.ts';

const page = await readFile(new URL('../../docs/strategies.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm)].map(([, name, use]) => [
  name,
  use,
]);

test('the table has every use of every strategy, from one whole run', () => {
  const expected = strategies.flatMap(({ name, uses }) => uses.map((use) => [name, use]));

  expect(rows).toEqual(expected);
});

test('every column of the table is explained', () => {
  const [, ...explained] = head.slice(1);

  for (const column of explained) expect(page).toContain(`- **${column}`);
});

test.for(strategies)('$name is explained, with what it needs', ({ name }) => {
  const section = page.split(`### \`${name}\`\n`)[1]?.split('\n#')[0];

  expect(section).toMatch(/It needs|needs nothing|nothing beside/);
});
