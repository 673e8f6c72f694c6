import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../src/app') + sep;
const client = '@aws-sdk/client-secrets-manager';

/** A module that a file names, and whether it loads with the file, later, or not at all. */
interface Import {
  readonly from: string;
  readonly when: 'at start' | 'later' | 'never';
}

describe('src/app', async () => {
  const imports = await importsIn(folder);
  const named = (when: Import['when']) =>
    new Set(imports.filter((each) => each.when === when).map(({ from }) => from));

  it('loads nothing with it but its own files and modules of Node', () => {
    expect([...named('at start')].filter((from) => !isOfNode(from))).toEqual([]);
    expect(named('at start')).toContain('node:crypto');
  });

  it('loads nothing later but the client of Secrets Manager', () => {
    expect(named('later')).toEqual(new Set([client]));
  });

  it('takes types from nowhere else', () => {
    expect([...named('never')].filter((from) => !isOfNode(from))).toEqual([client]);
  });
});

/** With `node:module` a file could load anything, unseen here. */
const isOfNode = (from: string) => /^node:(?!module$)/.test(from);

/** What the files of a folder import from outside of it. */
async function importsIn(directory: string): Promise<readonly Import[]> {
  const files = await readdir(directory, { recursive: true });
  const paths = files.filter((file) => file.endsWith('.ts')).map((file) => join(directory, file));
  const read = paths.map(async (path) => importsOf(path, await readFile(path, 'utf8')));
  return (await Promise.all(read)).flat();
}

function importsOf(path: string, text: string): readonly Import[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, text).module;
  const exported = staticExports.flatMap(({ start, entries }) =>
    entries.map(({ moduleRequest }) => ({ start, moduleRequest })),
  );
  const statements = [...staticImports, ...exported].map(({ start, moduleRequest }): Import => ({
    from: moduleRequest?.value ?? './itself.ts',
    // `import { type … }` loads the module all the same.
    when: /^(import|export) type\b/.test(text.slice(start)) ? 'never' : 'at start',
  }));
  const calls = dynamicImports.map(({ moduleRequest: { start, end } }): Import => ({
    from: text.slice(start + 1, end - 1),
    when: 'later',
  }));
  return [...statements, ...calls].filter(({ from }) => {
    const isOwn = from.startsWith('.') && join(dirname(path), from).startsWith(folder);
    return !isOwn;
  });
}
