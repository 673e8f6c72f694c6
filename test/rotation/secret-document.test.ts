import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretDocument } from '../../src/rotation/secret-document.ts';

/** JSON as people and tools really write it: any white space, any spelling of numbers and texts. */
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

const number = fc.oneof(
  fc.constantFrom('0', '-0', '1.0', '1e3', '1E+3', '-1.50', '0.1e-2', '12345678901234567890'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

const escaped = (text: string) =>
  text.replaceAll(/[a-z]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

const textSource = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.stringMatching(/^[a-z]{1,6}$/).map((value) => `"${escaped(value)}"`),
  fc.constantFrom(
    String.raw`"\/\b\f\n\r\t\"\\"`,
    '"__proto__"',
    '"\u2028\u007f"',
    String.raw`"\ud83d\ude00"`,
  ),
);

const { value: json } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false'),
    number,
    textSource,
    tie('list'),
    tie('object'),
  ),
  list: fc
    .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
    .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(space, textSource, space, space, tie('value'), space), { maxLength: 3 })
    .map(
      (members) =>
        `{${members.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(',')}}`,
    ),
}));

const member = fc.record({
  key: fc.oneof(fc.constantFrom('A', 'B', '__proto__', 'constructor', ''), fc.string()),
  before: space,
  beforeColon: space,
  afterColon: space,
  source: json,
  after: space,
});

type Member = typeof member extends fc.Arbitrary<infer M> ? M : never;

const document = fc.record({
  members: fc.uniqueArray(member, { selector: ({ key }) => key, maxLength: 6 }),
  before: space,
  inside: space,
  after: space,
});

type Document = typeof document extends fc.Arbitrary<infer D> ? D : never;

/** The text, with some values replaced by others. */
function written(
  { members, before, inside, after }: Document,
  sourceOf = ({ source }: Member) => source,
) {
  const parts = members.map(
    (each) =>
      `${each.before}${JSON.stringify(each.key)}${each.beforeColon}:${each.afterColon}${sourceOf(each)}${each.after}`,
  );
  return `${before}{${members.length === 0 ? inside : parts.join(',')}}${after}`;
}

const newValue = fc.oneof(
  fc.string(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.constantFrom('', '"', '\\', '}', '$&', '\u2028'),
);

describe('changing keys', () => {
  test('rewrites only the text of their values, whatever the rest looks like', () => {
    fc.assert(
      fc.property(document, fc.infiniteStream(newValue), (wanted, values) => {
        // Every other key is changed.
        const changes = new Map(
          wanted.members
            .filter((_, index) => index % 2 === 0)
            .map(({ key }) => [key, values.next().value]),
        );
        const changed = SecretDocument.parse(written(wanted)).with(Object.fromEntries(changes));

        expect(changed.text).toBe(
          written(wanted, ({ key, source }) =>
            changes.has(key) ? JSON.stringify(changes.get(key)) : source,
          ),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('adds new ones behind the others, which stay as they are', () => {
    fc.assert(
      fc.property(document, newValue, (wanted, value) => {
        const before = SecretDocument.parse(written(wanted));
        const key = 'A_KEY_THAT_IS_NEW';
        const after = before.with({ [key]: value });

        expect(after.keys).toEqual([...before.keys, key]);
        expect(after.get(key)).toEqual(value);
        for (const name of before.keys) expect(after.source(name)).toBe(before.source(name));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    { layout: 'none', text: '{"A":1}', expected: '{"A":1,"B":"b"}' },
    { layout: 'one line', text: '{ "A": 1 }', expected: '{ "A": 1, "B": "b" }' },
    {
      layout: 'lines of two spaces',
      text: '{\n  "A": 1\n}\n',
      expected: '{\n  "A": 1,\n  "B": "b"\n}\n',
    },
    {
      layout: 'tabs and carriage returns',
      text: '{\r\n\t"A" : [1,\r\n\t2]\r\n}',
      expected: '{\r\n\t"A" : [1,\r\n\t2],\r\n\t"B" : "b"\r\n}',
    },
    { layout: 'an empty object', text: '{ }', expected: '{"B":"b"}' },
  ])('a new key takes on the layout: $layout', ({ text: before, expected }) => {
    expect(SecretDocument.parse(before).with({ B: 'b' }).text).toBe(expected);
  });

  test('does not change the document it was asked of', () => {
    const before = SecretDocument.parse('{"A":"a"}');
    before.with({ A: 'b' });
    expect(before.text).toBe('{"A":"a"}');
  });
});

describe('reading', () => {
  test('agrees with JSON.parse on every value', () => {
    fc.assert(
      fc.property(document, (wanted) => {
        const read = SecretDocument.parse(written(wanted));
        for (const { key, source } of wanted.members) {
          expect(JSON.stringify(read.get(key))).toBe(JSON.stringify(JSON.parse(source)));
          expect(read.source(key)).toBe(source);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('refuses whatever JSON.parse refuses, always in the same words', () => {
    const refusal = refusalOf('{');
    expect(refusal).toMatchObject({ code: 'SECRET_NOT_JSON_OBJECT' });
    expect(refusal?.cause).toBeUndefined();

    fc.assert(
      fc.property(fc.string(), (garbage) => {
        fc.pre(!isJson(garbage));
        expect(refusalOf(garbage)).toEqual(refusal);
      }),
    );
  });

  test.each(['{"A":"two\nlines"}', '{"A":"a\ttab"}', '{"a\u0000b":1}'])(
    'refuses control characters in texts, as JSON.parse does: %j',
    (text) => {
      expect(refusalOf(text)).toMatchObject({ code: 'SECRET_NOT_JSON_OBJECT' });
    },
  );

  test('says what stands there instead of an object', () => {
    expect(refusalOf('["a"]')?.message).toContain('JSON of the kind "array"');
  });

  test('says which key stands twice', () => {
    const refusal = refusalOf('{"A":1,"B":2,"A":3}');

    expect(refusal).toMatchObject({ code: 'SECRET_DUPLICATE_KEY', key: 'A' });
    expect(refusal?.message).toContain('The key A stands twice');
  });

  test('counts bytes of UTF-8', () => {
    expect(SecretDocument.parse('{"A":"é→😀"}').bytes).toBe(8 + 2 + 3 + 4);
  });
});

test('no way of printing a document shows its content', () => {
  const secret = SecretDocument.parse('{"A":"hunter2-hunter2"}');
  const shown = [
    inspect(secret, { depth: Infinity, showHidden: true }),
    JSON.stringify({ secret }),
    `${inspect([secret])} ${inspect(new Map([['secret', secret]]))}`,
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
  ];

  expect(shown.join('\n')).not.toContain('hunter2');
  expect(shown[0]).toBe('SecretDocument [secret]');
  expect(shown[1]).toBe('{"secret":"[secret]"}');
});

function refusalOf(text: string): Error | undefined {
  try {
    SecretDocument.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}

function isJson(candidate: string): boolean {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
}
