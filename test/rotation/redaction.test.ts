import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactGenerated, redactor, textsIn } from '../../src/rotation/redaction.ts';

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

describe('a piece of a value', () => {
  const long = 'Kt7-secret_value.9aB';

  test('of twelve characters is replaced, at either end or in the midst', () => {
    const redact = redactor([long]);
    expect(redact('start Kt7-secret_v…')).toBe('start [redacted]…');
    expect(redact('midst secret_value…')).toBe('midst [redacted]…');
    expect(redact('…et_value.9aB')).toBe('…[redacted]');
  });

  test('shorter than that may be an ordinary word', () => {
    const text = 'The password of db-production is refused. Put it into the secret.';
    expect(redactor(['my-password-in-production'])(text)).toBe(text);
  });

  test('is found wherever a message was cut', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), (from, to) => {
        const text = `token=${long}, and more of it`.slice(from, -to || undefined);
        const shown = redactor([long])(text);
        for (let at = 0; at + 12 <= long.length; at++) {
          expect(shown).not.toContain(long.slice(at, at + 12));
        }
      }),
    );
  });
});

test('values that lie in one another, or beside one another, leave nothing between', () => {
  const redact = redactor(['secret', 'secret-and-longer', 'longer-still']);
  expect(redact('secret-and-longer-still, secret')).toBe('[redacted], [redacted]');
  expect(redact('SECRET-and-Longer')).toBe('[redacted]');
});

describe('what looks like a generated credential', () => {
  test.each([
    'fedcba9876543210fedcba9876543210',
    'AbCdEfGhIjKlMnOpQrStUvWxYz0',
    'Kt7-x_4mQ9zR1vB8nL2c',
    btoa('app:a-new-password'),
  ])('%s is replaced', (text) => {
    expect(redactGenerated(`made ${text}, it says`)).toBe('made [redacted], it says');
  });

  test.each([
    'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/production',
    '01234567-89ab-4def-8123-456789abcdef',
    'my-production-database-instance-1',
    'db-1.cluster-abcdefghijkl.eu-central-1.rds.amazonaws.com',
    'resetting-master-credentials',
    'ManageMasterUserPassword',
    'TWILIO_ACCOUNT_SID and NODE_EXTRA_CA_CERTS',
    'Kt7-x_4mQ9zR1vB8nL2',
  ])('%s stays', (text) => {
    expect(redactGenerated(text)).toBe(text);
  });
});

test('texts are found at any depth of a value', () => {
  expect(textsIn({ a: 'one', b: ['two', { c: 'three' }], d: 4, e: null, f: true })).toEqual([
    'one',
    'two',
    'three',
  ]);
});

test('long numbers count as texts, since a client may quote them', () => {
  expect(textsIn({ pin: 123_456, port: 5432, none: undefined })).toEqual(['123456']);
});
