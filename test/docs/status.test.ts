import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findingNames } from '../../src/cli/status/secret-status.ts';

test('docs/operating.md explains every finding of keyturn status', () => {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const section = page.split('\n## Looking at a secret\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` +\|/gm)].map(([, name]) => name);

  expect(rows).toEqual([...findingNames]);
});
