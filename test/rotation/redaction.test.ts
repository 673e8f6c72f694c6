import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactedCause, redactor, textsIn } from '../../src/rotation/redaction.ts';

/** A value with every character that some encoding changes. */
const value = 'p@ss w/ord+"quoted"\\and\n&=%ünï→😀';

const base64 = (text: string) => Buffer.from(text).toString('base64');

const forms = [
  { form: 'as it is', text: value },
  { form: 'URL-encoded', text: encodeURIComponent(value) },
  {
    form: 'URL-encoded in lower case',
    text: encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  },
  { form: 'form-encoded', text: new URLSearchParams({ v: value }).toString() },
  { form: 'as JSON', text: JSON.stringify({ password: value }) },
  { form: 'in base64', text: base64(value) },
  { form: 'in base64, one byte in', text: base64(`x${value}`) },
  { form: 'in base64, two bytes in', text: base64(`xy${value}`) },
  { form: 'in base64, in the midst of others', text: base64(`{"a":"${value}","b":1}`) },
  { form: 'in base64url', text: Buffer.from(`u:${value}`).toString('base64url') },
  { form: 'as Basic credentials', text: `Basic ${base64(`AC1:${value}`)}` },
  { form: 'in base64 without its padding', text: base64(`u:${value}`).replace(/=+$/, '') },
  { form: 'in base64 behind a word', text: `token${base64(`u:${value}`)}` },
];

describe('a value in play is replaced', () => {
  test.each(forms)('$form', ({ text }) => {
    const redact = redactor([value]);

    const shown = redact(`before ${text} after`);

    expect(shown).toContain('[redacted]');
    expect(shown).toMatch(/^before .*after$/s);
    for (const hidden of forms) expect(shown).not.toContain(hidden.text);
  });

  test('wherever it stands in a base64 text, whatever stands around it', () => {
    const secret = 'Kt7-secret_value.9';
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 24 }),
        fc.uint8Array({ maxLength: 24 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (before, after, encoding) => {
          const bytes = Buffer.concat([before, Buffer.from(secret), after]);
          const shown = redactor([secret])(`log: ${bytes.toString(encoding)}.`);
          expect(shown).toBe('log: [redacted].');
        },
      ),
    );
  });

  test('every time, and every one of them, the longest first', () => {
    const redact = redactor(['secret', 'secret-and-longer']);
    expect(redact('secret secret-and-longer secret')).toBe('[redacted] [redacted] [redacted]');
  });

  test('any text at all, of four characters or more', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), fc.string(), (secret, around) => {
        fc.pre(!'[redacted]'.includes(secret));
        const redact = redactor([secret]);
        expect(redact(`${around}\n${secret}\n${around}`)).not.toContain(secret);
      }),
    );
  });
});

describe('a text without a value stays as it is', () => {
  test.each([
    'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/production-AbCdEf',
    'a word, AnotherLongerWord and bm90IGEgdmFsdWU=',
    '',
  ])('%s', (text) => {
    expect(redactor([value])(text)).toBe(text);
  });

  test('values shorter than four characters cannot be told from ordinary text', () => {
    expect(redactor(['a', 'abc', ''])('abc a b c')).toBe('abc a b c');
  });
});

/** What an HTTP client throws: everything it was sent hangs on it. */
class ClientError extends Error {
  readonly code = 'ECONNABORTED';
  readonly status = 502;
  readonly config: object;
  readonly request: object;

  constructor(secret: string, options?: ErrorOptions) {
    super(`timeout of 1 ms exceeded for ${secret}`, options);
    this.name = 'AxiosError';
    this.config = { auth: { password: secret }, headers: { Authorization: base64(`u:${secret}`) } };
    this.request = { _header: `Authorization: Basic ${base64(`u:${secret}`)}` };
  }

  toJSON() {
    return { message: this.message, config: this.config, request: this.request };
  }
}

describe('the cause of an error', () => {
  const redact = redactor([value]);
  const cause = redactedCause(new ClientError(value), redact);

  test('keeps its name, its code and its status', () => {
    expect(cause).toMatchObject({ name: 'AxiosError', code: 'ECONNABORTED', status: 502 });
    expect(cause?.message).toBe('timeout of 1 ms exceeded for [redacted]');
  });

  test.each([
    {
      printed: 'by inspect',
      print: (error: unknown) => inspect(error, { depth: Infinity, showHidden: true }),
    },
    { printed: 'as JSON', print: (error: unknown) => JSON.stringify(error) },
    { printed: 'as text', print: String },
    {
      printed: 'by its stack',
      print: (error: unknown) => (error instanceof Error ? String(error.stack) : ''),
    },
  ])('shows no value $printed, three causes deep', ({ print }) => {
    const deepest = new ClientError(value);
    const middle = new ClientError(value, { cause: deepest });
    const shown = print(redactedCause(new ClientError(value, { cause: middle }), redact));

    for (const { text } of forms) expect(shown).not.toContain(text);
  });

  test('keeps the causes behind it', () => {
    const chained = redactedCause(new Error('outer', { cause: new Error('inner') }), redact);
    expect(chained?.cause).toMatchObject({ message: 'inner' });
  });

  test('a chain without an end comes to one', () => {
    const circular = new Error('again');
    circular.cause = circular;
    expect(inspect(redactedCause(circular, redact), { depth: Infinity })).not.toContain('Circular');
  });

  test.each([value, undefined, null, { password: value }])(
    'what is no error leaves nothing behind',
    (thrown) => {
      expect(redactedCause(thrown, redact)).toBeUndefined();
    },
  );

  test('codes that hold a value are redacted too', () => {
    const error = Object.assign(new Error('refused'), { code: value });
    expect(redactedCause(error, redact)).toMatchObject({ code: '[redacted]' });
  });
});

test('texts are found at any depth of a value', () => {
  expect(textsIn({ a: 'one', b: ['two', { c: 'three' }], d: 4, e: null, f: true })).toEqual([
    'one',
    'two',
    'three',
  ]);
});
