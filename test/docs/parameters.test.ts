import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { template } from '../template/template.ts';

const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');
const [, section = ''] = /\n### The parameters\n(.*?)(?=\n###? )/s.exec(page) ?? [];

/** The tables under their headings: the cells of each row. */
const documented = [...section.matchAll(/^\*\*(.+)\*\*\n\n((?:\|.*\n)+)/gm)].map(
  ([, group = '', table = '']) => ({ group, rows: rowsOf(table) }),
);

const groups = template.Metadata['AWS::CloudFormation::Interface'].ParameterGroups.map((group) => ({
  label: v.parse(v.object({ default: v.string() }), group['Label']).default,
  parameters: group.Parameters,
}));

test('the parameters in docs/deploying.md are those of the template, in its groups and order', () => {
  expect(
    documented.map(({ group, rows }) => ({ label: group, parameters: rows.map(([name]) => name) })),
  ).toEqual(groups);
});

describe.each(documented.flatMap(({ rows }) => rows))('%s', (name, stated, meaning) => {
  const { Default, AllowedValues = [] } = template.Parameters[name] ?? {};

  test('has the default that stands there', () => {
    expect(stated).toBe(Default === '' ? 'empty' : String(Default));
  });

  test('is explained, and by no value that is refused', () => {
    const states = [...meaning.matchAll(/`(true|false|development|testing|production|x86_64)`/g)];

    expect(meaning).toMatch(/\w{3}/);
    expect(AllowedValues.map(String)).toEqual(
      expect.arrayContaining(states.map(([, value]) => value)),
    );
  });
});

function rowsOf(table: string): readonly (readonly [string, string, string])[] {
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => {
      const [, name = '', stated = '', meaning = ''] = row.split('|').map((cell) => cell.trim());
      return [unquoted(name), unquoted(stated), meaning] as const;
    });
}

function unquoted(cell: string): string {
  return cell.replaceAll('`', '');
}
