import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricsByCode, metricUnits } from '../../src/handlers/metrics.ts';
import { retryableByCode } from '../../src/rotation/errors.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';

const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('docs/operating.md', () => {
  it.each(Object.entries(retryableByCode))('says what to do about %s', async (code, retryable) => {
    const rows = (await read('docs/operating.md')).split('\n');
    const row = rows.find((line) => line.startsWith(`| \`${code}\``));

    expect(row).toMatch(retryable ? /\| again by itself +\|/ : /\| a person +\|/);
  });

  it('names no code that does not exist', async () => {
    const section = (await read('docs/operating.md')).split('## Error codes')[1] ?? '';
    const codes = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);

    expect(new Set(codes)).toEqual(new Set(Object.keys(retryableByCode)));
  });
});

describe('the metrics in docs/operating.md', () => {
  const byCode = new Set<string>(metricsByCode);

  it('are those that are emitted, with their units and dimensions', async () => {
    expect(
      (await metricRows()).map(([name, unit, dimensions]) => [name, unit, dimensions]),
    ).toEqual(
      Object.entries(metricUnits).map(([name, unit]) => [
        `\`${name}\``,
        unit,
        byCode.has(name) ? '`Secret`; `Secret`, `Code`' : '`Secret`',
      ]),
    );
  });

  it('each say when they are emitted, and what a person does', async () => {
    for (const [, , , when, whatToDo] of await metricRows()) {
      expect(when).toMatch(/\w/);
      expect(whatToDo).toMatch(/\w\.?/);
    }
  });

  it('refer to no metric that does not exist', async () => {
    const prefixes = /`((?:Reconcile|Retirement|Rollback|Rolled|Rotation)[A-Z]\w+)`/g;
    for (const page of ['docs/operating.md', 'docs/deploying.md']) {
      const named = [...(await read(page)).matchAll(prefixes)].map(([, name]) => name);
      const others = ['ReconcileNow', 'RotationAbandoned', 'RotationSchedule', 'RotationToken'];
      const known = [...Object.keys(metricUnits), ...others];
      expect(known).toEqual(expect.arrayContaining(named));
    }
  });
});

describe('README.md', () => {
  it.each(rotatorKinds.map(({ name }) => name))('names the rotator %s', async (name) => {
    expect(await read('README.md')).toContain(`\`${name}\``);
  });
});

describe('every page', () => {
  it('links only to files that exist', async () => {
    const pages = [
      'README.md',
      'SECURITY.md',
      ...(await pagesIn('docs')),
      ...(await pagesIn('docs/decisions')),
    ];
    const missing: string[] = [];
    for (const page of pages) {
      for (const [, target = ''] of (await read(page)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        const file = path.posix.join(path.posix.dirname(page), target);
        if (!(await exists(file))) missing.push(`${page} → ${target}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

async function pagesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(new URL(`../../${folder}`, import.meta.url));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

const exists = (file: string) =>
  readdir(new URL(`../../${path.posix.dirname(file)}`, import.meta.url)).then(
    (names) => names.includes(path.posix.basename(file)) || file.endsWith('/'),
    () => false,
  );

/** The cells of the table of metrics, row by row. */
async function metricRows(): Promise<readonly string[][]> {
  const section = /\n## Metrics\n.*?(?=\n## )/s.exec(await read('docs/operating.md'))?.[0] ?? '';
  return [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => row.split(/ +\| /));
}
