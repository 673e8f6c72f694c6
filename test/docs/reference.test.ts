import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  commandReference,
  commandsIn,
  helpText,
} from '../../scripts/reference/command-reference.ts';
import { head } from '../../scripts/reference/head.ts';
import { program } from '../../src/cli/program.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFile(new URL(file, root), 'utf8');

test('docs/reference.md is what the commands say', async () => {
  const made = await commandReference(program, head);

  expect(await read('docs/reference.md'), 'It is stale: npm run reference').toBe(made);
});

describe.each(
  commandsIn(program).map((path) => [path.map((each) => each.name()).join(' '), path] as const),
)('%s', (name, path) => {
  const command = path.at(-1) ?? program;

  test('has an example, and says what each argument and option is for', () => {
    expect(helpText(command).examples).toContain(name);
    for (const { description } of [...command.registeredArguments, ...command.options]) {
      expect(description).toMatch(/\w/);
    }
  });

  test('is in the reference, with every option', async () => {
    const section = (await read('docs/reference.md'))
      .split(`\n## \`${name}\`\n`)[1]
      ?.split('\n## ')[0];

    expect(section).toContain(name);
    for (const { flags } of command.options) expect(section).toContain(`| \`${flags}\``);
  });
});

test('every variable that a command reads is in the reference', async () => {
  const names = await readdir(new URL('src/cli', root), { recursive: true });
  const sources = await Promise.all(
    names.filter((name) => name.endsWith('.ts')).map((name) => read(`src/cli/${name}`)),
  );
  const variables = sources.flatMap((source) =>
    [...source.matchAll(/process\.env\.(\w+)/g)].map(([, variable = '']) => `\`${variable}\``),
  );

  const page = await read('docs/reference.md');
  expect([...new Set(variables)].filter((variable) => !page.includes(variable))).toEqual([]);
});
