import { describe, expect, test } from 'vitest';
import {
  assertCarriedOver,
  assertDisjoint,
  assertKeys,
  assertSize,
  maximumBytes,
  rebuildDerived,
  type Plan,
} from '../../src/rotation/plan.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { ownKey, textAt } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';
import { startWorld } from './support/world.ts';

const rotator = (key: string, more = {}) => ownKey(key, new Timeline(), more);
const parse = (value: unknown) => SecretDocument.parse(JSON.stringify(value));
const planOf = (more: Partial<Plan>): Plan => ({ rotators: [], derived: {}, ...more });

describe('two parts of a plan never write the same key', () => {
  test.each([
    {
      what: 'a rotator each',
      plan: { rotators: [rotator('A'), rotator('A')] },
      by: 'the rotator own-key of A',
    },
    {
      what: 'a rotator and another’s second key',
      plan: { rotators: [rotator('A'), rotator('B', { changes: ['B', 'A'] })] },
      by: 'the rotator own-key of B',
    },
    {
      what: 'a rotator and a derived key',
      plan: { rotators: [rotator('A')], derived: { A: () => '' } },
      by: 'the derived keys',
    },
  ])('$what', ({ plan, by }) => {
    expect(() => assertDisjoint(planOf(plan))).toThrow(
      expect.objectContaining({
        code: 'KEY_CLAIMED_TWICE',
        key: 'A',
        message:
          `The key A would be written by two: the rotator own-key of A, and ${by}. ` +
          'Leave it to one of them in rotation.config.ts.',
      }),
    );
  });

  test('but may read the same one', () => {
    const plan = planOf({
      rotators: [rotator('A', { reads: ['C'] }), rotator('B', { reads: ['C'] })],
    });
    expect(() => assertDisjoint(plan)).not.toThrow();
  });
});

describe('the keys a rotator needs', () => {
  const needing = planOf({
    rotators: [rotator('A', { reads: ['B'], changes: ['A', 'C'], optional: ['C'] })],
  });

  test.each([
    { document: { A: 'a', B: 'b' }, code: undefined, key: undefined },
    { document: { A: 'a', B: 'b', C: ['any', 'shape'] }, code: undefined, key: undefined },
    { document: { A: 'a' }, code: 'KEY_MISSING', key: 'B' },
    { document: { B: 'b' }, code: 'KEY_MISSING', key: 'A' },
    { document: { A: 'a', B: 5 }, code: 'KEY_NOT_TEXT', key: 'B' },
    { document: { A: '', B: 'b' }, code: 'KEY_NOT_TEXT', key: 'A' },
  ])('$document: $code', ({ document, code, key }) => {
    const check = () => assertKeys(needing, parse(document));
    expect(refusalOf(check)).toEqual(code && { code, key });
  });

  test.each([{ B: 'b' }, { A: 5, B: 'b' }])('%j: the refusal names who needs which', (document) => {
    const check = () => assertKeys(needing, parse(document));
    expect(check).toThrow(/^The key A .* the rotator own-key of A needs it\. /);
  });
});

describe('derived keys', () => {
  test('are rebuilt with every pending value, and new ones appended', async () => {
    const world = await startWorld({
      derived: {
        DATABASE_URL: (values) => `postgres://app:${textAt(values, 'DB_PASSWORD')}@db/app`,
      },
    });
    await world.rotate('createSecret');

    const pending = world.pending();
    expect(pending.DATABASE_URL).toBe(`postgres://app:${pending.DB_PASSWORD}@db/app`);
    expect(Object.keys(pending).at(-1)).toBe('DATABASE_URL');
  });

  test('take the values beside them, and not each other’s', () => {
    const seen: unknown[] = [];
    const plan = planOf({
      derived: {
        URL: (values) => `postgres://${textAt(values, 'USER')}@db/app`,
        COPY: (values) => {
          seen.push(values.URL);
          return 'copy';
        },
      },
    });
    const built = rebuildDerived(plan, parse({ USER: 'app', URL: 'old' }));

    expect(built.get('URL')).toBe('postgres://app@db/app');
    expect(seen).toEqual(['old']);
  });

  test.each([
    {
      what: 'throws',
      derive: () => {
        throw new Error('with a value in it');
      },
    },
    { what: 'returns no text', derive: notText },
  ])('that $what: CONFIG_INVALID', ({ derive }) => {
    const build = () => rebuildDerived(planOf({ derived: { URL: derive } }), parse({ A: 'a' }));
    expect(refusalOf(build)).toEqual({ code: 'CONFIG_INVALID', key: 'URL' });
  });
});

test.each([
  { bytes: maximumBytes, code: undefined },
  { bytes: maximumBytes + 1, code: 'VALUE_TOO_LARGE' },
])('a value of $bytes bytes: $code', ({ bytes, code }) => {
  const document = parse({ A: 'x'.repeat(bytes - '{"A":""}'.length) });
  expect(document.bytes).toBe(bytes);
  expect(refusalOf(() => assertSize(document))?.code).toBe(code);
});

test('a value that is too large is refused with its size', () => {
  const document = parse({ A: 'x'.repeat(maximumBytes) });
  expect(() => assertSize(document)).toThrow(`The new value would hold ${document.bytes} bytes; `);
});

describe('keys that are carried over', () => {
  const plan = planOf({ rotators: [rotator('OURS')], derived: { BUILT: () => '' } });
  const carriedOver = (pending: string, current: string) =>
    refusalOf(() =>
      assertCarriedOver(plan, SecretDocument.parse(pending), SecretDocument.parse(current)),
    );

  test.each([
    {
      what: 'the rotated key differs',
      pending: '{"OURS":"2","A":1}',
      current: '{"OURS":"1","A":1}',
    },
    {
      what: 'the derived key differs',
      pending: '{"BUILT":"2","A":1}',
      current: '{"BUILT":"1","A":1}',
    },
    { what: 'white space differs', pending: '{"A":1}', current: '{ "A" : 1 }' },
  ])('are equal where $what', ({ pending, current }) => {
    expect(carriedOver(pending, current)).toBeUndefined();
  });

  test.each([
    { what: 'changed', pending: '{"A":1}', current: '{"A":2}' },
    { what: 'written otherwise', pending: '{"A":1.0}', current: '{"A":1}' },
    { what: 'added', pending: '{}', current: '{"A":1}' },
    { what: 'removed', pending: '{"A":1}', current: '{}' },
  ])('differ where one was $what', ({ pending, current }) => {
    expect(carriedOver(pending, current)).toEqual({ code: 'CURRENT_CHANGED', key: 'A' });
  });
});

/** A configuration is JavaScript in the end: what its types promise is checked all the same. */
function notText(): string {
  return JSON.parse('42');
}

function refusalOf(work: () => unknown): { code: unknown; key: unknown } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { code: Reflect.get(error, 'code'), key: Reflect.get(error, 'key') };
  }
}
