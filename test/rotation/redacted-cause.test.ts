import { describe, expect, test } from 'vitest';
import { redactedCause, summary } from '../../src/rotation/redacted-cause.ts';
import { redactor } from '../../src/rotation/redaction.ts';

const value = 'a-value-of-the-secret';
const redact = redactor([value]);

const failing = (properties: object, message = 'refused') =>
  redactedCause(Object.assign(new Error(message), properties), redact);

describe('what is kept of an error', () => {
  test('its kind, its code and its status, and not its message', () => {
    const cause = failing({
      name: 'AxiosError',
      code: 'ERR_BAD_RESPONSE',
      status: 502,
      config: {},
    });

    expect(Object.entries(cause ?? {})).toEqual([
      ['name', 'AxiosError'],
      ['code', 'ERR_BAD_RESPONSE'],
      ['status', 502],
    ]);
    expect(cause?.message).toBe('its message is withheld');
  });

  test.each([
    'ECONNREFUSED',
    'EAI_AGAIN',
    'ERR_INVALID_URL',
    'ERR_HTTP2_STREAM_ERROR',
    'UND_ERR_CONNECT_TIMEOUT',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    '28P01',
    '57014',
    20_003,
    0,
    99_999,
  ])('the code %s', (code) => {
    expect(failing({ code })).toMatchObject({ code });
  });

  test.each([
    value,
    'JBSWY3DPEHPK3PXP',
    'sk_live_51H8xAbCdEf',
    'not found',
    'E',
    '',
    100_000,
    -1,
    1.5,
    Number.NaN,
    null,
    { code: 'ECONNREFUSED' },
  ])('but not the code %j', (code) => {
    expect(failing({ code })).not.toHaveProperty('code');
  });

  test.each(['TypeError', 'Error', 'error', 'RestException', 'DBInstanceNotFoundFault'])(
    'the name %s',
    (name) => {
      expect(failing({ name })?.name).toBe(name);
    },
  );

  test.each([value, 'type error', 'TypeError: x', 'Errors', '', undefined, { name: 'Error' }])(
    'but not the name %j',
    (name) => {
      expect(failing({ name })?.name).toBe('Error');
    },
  );

  test.each([100, 404, 599])('the status %d', (status) => {
    expect(failing({ status })).toMatchObject({ status });
    expect(failing({ statusCode: status })).toMatchObject({ status });
  });

  test.each([99, 600, '404', 404.5])('but not the status %j', (status) => {
    expect(failing({ status })).not.toHaveProperty('status');
  });

  test('none of them where it is a value of the secret', () => {
    const pin = redactor(['TypeError', '20003', '28P01', '4040']);
    const error = Object.assign(new TypeError('x'), { code: 20_003, status: 404 });

    expect(redactedCause(error, pin)).toMatchObject({ name: 'Error', status: 404 });
    expect(redactedCause(error, pin)).not.toHaveProperty('code');
  });

  test('the places in the code, by file and position', () => {
    const deep = (left: number): Error => (left === 0 ? new Error('x') : deep(left - 1));

    const [head, ...places] = String(redactedCause(deep(20), redact)?.stack).split('\n');

    expect(head).toBe('Error: its message is withheld');
    expect(places.length).toBeGreaterThan(4);
    for (const place of places) expect(place).toMatch(/^ {4}at [\w.-]+\.ts:\d+:\d+$/);
  });

  test.each([
    { what: 'a message of several lines', message: 'x\n    at made (up.js:1:1)\nend' },
    { what: 'an empty message', message: '' },
  ])('the places behind $what only', ({ message }) => {
    const stack = String(redactedCause(new Error(message), redact)?.stack);
    expect(stack).toContain('at redacted-cause.test.ts:');
    expect(stack).not.toContain('up.js');
  });

  test('no places where the stack does not tell where its message ends', () => {
    const stack = 'Error: x\n    at call (up.js:1:1)';
    const error = Object.assign(new Error('x'), { stack, message: 'another' });
    expect(redactedCause(error, redact)?.stack).toBe('Error: its message is withheld');
  });

  test('the causes behind it, three in all', () => {
    const chain = ['a', 'b', 'c', 'd'].reduce<Error | undefined>(
      (cause, message) => new TypeError(message, { cause }),
      undefined,
    );
    expect(lengthOf(redactedCause(chain, redact))).toBe(3);
  });

  test('of a chain without an end, as much', () => {
    const circular = new Error('again');
    circular.cause = circular;
    expect(lengthOf(redactedCause(circular, redact))).toBe(3);
  });
});

test.each([value, undefined, null, { password: value }, [new Error(value)]])(
  'what is no error leaves nothing behind',
  (thrown) => {
    expect(redactedCause(thrown, redact)).toBeUndefined();
  },
);

describe('in a few words', () => {
  test.each([
    { properties: {}, said: /^Error at redacted-cause\.test\.ts:\d+:\d+$/ },
    { properties: { stack: '' }, said: /^Error$/ },
    { properties: { stack: '', code: 'ECONNRESET' }, said: /^Error, ECONNRESET$/ },
    { properties: { stack: '', code: 20_003, status: 400 }, said: /^Error, 20003, HTTP 400$/ },
  ])('$said', ({ properties, said }) => {
    expect(summary(failing(properties))).toMatch(said);
  });

  test('of what is no error', () => {
    expect(summary(undefined)).toBe('what was thrown is no error');
  });
});

const lengthOf = (error: unknown): number =>
  error instanceof Error ? 1 + lengthOf(error.cause) : 0;
