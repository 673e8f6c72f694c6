import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { runInThisContext } from 'node:vm';
import * as v from 'valibot';
import { describe, expect, it, test } from 'vitest';
import { defineRotation } from '../../src/rotators/configuration.ts';
import { planFor, requiredBy, type Configure } from '../../src/cli/init/configured.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { awsDatabaseSecret } from '../../src/rotators/presets/aws-database-secret.ts';

const page = readFileSync(new URL('../../docs/configuring.md', import.meta.url), 'utf8');
const sectionOf = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test('every rotator has its table, and no other', () => {
  const titles = [...page.matchAll(/^## `(.+)`$/gm)].map(([, name]) => name);

  expect(titles).toHaveLength(rotatorKinds.length);
  expect(new Set(titles)).toEqual(new Set(rotatorKinds.map(({ name }) => name)));
});

/** Options that a kind cannot do without. */
const neededBy: Readonly<Record<string, object>> = {
  'rds-master-password': { instance: 'any' },
  'postgres-password': { host: 'any', user: 'any' },
  'postgres-alternating': { host: 'any', adminSecret: 'any', users: ['one', 'other'] },
  'mysql-password': { host: 'any', user: 'any' },
};

describe.each(rotatorKinds)('the options of $name', (kind) => {
  const rows = rowsOf(sectionOf(`\`${kind.name}\``));
  const needed = neededBy[kind.name] ?? {};
  const refusalOf = (option: string, value: unknown) => {
    const read = kind.read('ANY_KEY', { ...needed, [option]: value });
    return typeof read === 'string' ? read : undefined;
  };

  it('are those that it takes, with their defaults', () => {
    const defaults = v.parse(
      v.record(v.string(), v.optional(v.union([v.string(), v.number()]), 'none')),
      v.getDefaults(kind.options),
    );
    const stated = Object.entries(defaults).map(([option, value]) => [option, String(value)]);

    expect(rows.map((row) => [row.option, row.default])).toEqual(stated);
  });

  it('take the values that stand there', () => {
    const values = rows.flatMap(({ option, values: all }) =>
      all.map((value) => ({ option, value })),
    );

    expect(values.filter(({ option, value }) => refusalOf(option, value) !== undefined)).toEqual(
      [],
    );
  });

  it('take nothing beyond the limits that stand there', () => {
    const beyond = rows.flatMap(({ option, limits: [least, most] }) =>
      least === undefined || most === undefined
        ? []
        : [
            { option, value: moved(least, -1) },
            { option, value: moved(most, 1) },
          ],
    );

    expect(beyond.filter(({ option, value }) => refusalOf(option, value) === undefined)).toEqual(
      [],
    );
  });
});

const [ofShop = '', ofAws = ''] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text);

describe('the example', () => {
  const plan = planFor(configured(ofShop), 'shop/production');

  it('needs the keys that init asks for unasked', () => {
    expect(plan.rotators.flatMap(requiredBy).toSorted()).toEqual(
      ['DB_PASSWORD', 'SESSION_KEY', 'WEBHOOK_KEY'].toSorted(),
    );
  });

  it('builds the URL from its parts, encoded, and none where a part is missing', () => {
    const parts = { DB_USER: 'shop', DB_PASSWORD: 'a/b@c', DB_HOST: 'db.internal' };
    const url = plan.derived['DATABASE_URL'];

    expect(url?.(parts)).toBe('postgres://shop:a%2Fb%40c@db.internal/shop');
    expect(() => url?.({ ...parts, DB_HOST: null })).toThrow(/missing/);
  });
});

describe('the example of a secret of AWS’s', () => {
  const plan = planFor(configured(ofAws), 'shop/database');

  it('changes the password and reads nothing but what the page says such a secret has', () => {
    const [rotator] = plan.rotators;
    const [, shape = ''] = /shape of its own: ([^.]*)\./.exec(sectionOf("AWS's own secrets")) ?? [];
    const keys = [...shape.matchAll(/`(\w+)`/g)].map(([, key]) => key);

    expect(plan.rotators.map(({ kind }) => kind)).toEqual(['postgres-password']);
    expect(rotator?.changes).toEqual(['password']);
    expect(new Set(['password', ...(rotator?.reads ?? [])])).toEqual(new Set(keys));
  });
});

/** What a file of this text exports. */
function configured(source: string): Configure {
  const body = stripTypeScriptTypes(source)
    .replaceAll(/^import .*$/gm, '')
    .replace('export default', 'return');
  const run: unknown = runInThisContext(`(defineRotation, awsDatabaseSecret) => { ${body} }`);
  const made: unknown = v.parse(v.function(), run)(defineRotation, awsDatabaseSecret);
  return v.parse(
    v.custom<Configure>((value) => typeof value === 'function'),
    made,
  );
}

interface Row {
  readonly option: string;
  readonly default: string;
  /** The values that are named, as an option is given them. */
  readonly values: readonly (string | number)[];
  /** The least and the most, where there are both. */
  readonly limits: readonly (string | number)[];
}

function rowsOf(section: string): readonly Row[] {
  return [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\| (.*?) +\|/gm)].map(
    ([, option = '', stated = '', takes = '']) => {
      const values = [...takes.matchAll(/`(\w+)`/g)].map(([, value = '']) => typed(value));
      return {
        option,
        default: stated.replaceAll('`', ''),
        values,
        limits: takes.includes('` to `') ? values : [],
      };
    },
  );
}

const typed = (value: string) => (/^\d+$/.test(value) ? Number(value) : value);

/** One more, or one less, of the same unit. */
const moved = (value: string | number, by: number) =>
  typed(String(value).replace(/^\d+/, (amount) => String(Number(amount) + by)));
