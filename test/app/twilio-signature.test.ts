import { parse, stringify } from 'node:querystring';
import * as fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { isSignedWith } from '../../src/app/twilio-signature.ts';

const token = '9d'.repeat(16);
const {
  getExpectedBodyHash,
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} = twilio;

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((ip) => `[${ip}]`),
  fc.constantFrom('EXAMPLE.com', 'xn--bcher-kva.example', 'bücher.example', 'example.com.'),
);
const port = fc.oneof(
  fc.constantFrom('', ':', ':80', ':443', ':0443'),
  fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`),
);
const user = fc.constantFrom('', 'user@', 'user:pa%40ss@', 'a@b@', ':@');
const odd = fc.string({
  unit: fc.constantFrom(...Array.from(`ab/%?=&+'"()~ é😀;:@[]\\{}|^\`<>#`)),
  maxLength: 12,
});
const escaped = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .map((text) => encodeURIComponent(text));
const text = fc.oneof(odd, escaped, fc.webQueryParameters());

const url = fc
  .tuple(
    fc.constantFrom('https://', 'http://', 'HTTPS://'),
    user,
    host,
    port,
    fc.oneof(
      fc.constant(''),
      fc.webPath(),
      text.map((path) => `/${path}`),
    ),
    fc.oneof(
      fc.constantFrom('', '?'),
      text.map((query) => `?${query}`),
    ),
    fc.oneof(
      fc.constant(''),
      text.map((fragment) => `#${fragment}`),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((one) => URL.canParse(one));

const value = fc.string({ unit: 'grapheme', maxLength: 10 });
const params = fc.dictionary(
  fc.oneof(fc.constantFrom('Body', 'From', 'MediaUrl0', 'body', '__proto__'), fc.string()),
  fc.oneof(value, fc.array(value, { maxLength: 4 })),
  { maxKeys: 6 },
);

/** As older back ends quote a query. */
function requoted(one: string): string {
  const [before = '', ...after] = new URL(one).toString().split('?');
  return after.length > 0 ? `${before}?${stringify(parse(after.join('?')))}` : before;
}

/** The ways in which what signs may have spelled the URL that another one reads. */
const respelled = fc.constantFrom<(url: string) => string>(
  (one) => one,
  (one) => new URL(one).toString(),
  (one) => one.replace(/^([a-z]+:\/\/[^/?#]*?):\d+/i, '$1'),
  (one) => one.replace(/^(https:\/\/[^/?#]*)/i, '$1:443'),
  (one) => one.replace(/^(http:\/\/[^/?#]*)/i, '$1:80'),
  (one) => one.replaceAll("'", '%27').replaceAll(' ', '+'),
  requoted,
  (one) => requoted(one).replace(/^(https?:\/\/[^/?#]*?):\d+/i, '$1'),
  (one) => one.replace(/\?.*/s, ''),
  (one) => `${one}x`,
);

describe('agrees with Twilio’s own library', () => {
  test('of forms', () => {
    fc.assert(
      fc.property(url, params, respelled, (one, fields, respell) => {
        const signature = getExpectedTwilioSignature(token, respell(one), fields);
        const theirs = validateRequest(token, signature, one, fields);
        expect(isSignedWith(token, { url: one, signature, params: fields })).toBe(theirs);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    { came: 'https://example.com\\a:b/c', signed: 'https://example.com\\a/c' },
    { came: 'https://example.com:/c', signed: 'https://example.com/c' },
    { came: 'https://[::1]:8443/c', signed: 'https://[::1]/c' },
    { came: 'https://a:b@example.com/c', signed: 'https://a:b@example.com:443/c' },
    { came: 'https://example.com/?a=%27+x', signed: "https://example.com/?a='%20x" },
    { came: 'https://example.com:8443/?a=%27', signed: "https://example.com/?a='" },
  ])('of $came, signed as $signed', ({ came, signed }) => {
    const signature = getExpectedTwilioSignature(token, signed, {});
    expect(validateRequest(token, signature, came, {})).toBe(true);
    expect(isSignedWith(token, { url: came, signature })).toBe(true);
  });

  test('of bodies', () => {
    const body = fc.oneof(fc.json(), fc.string({ unit: 'binary' }));
    const change = fc.constantFrom<(text: string) => string>(
      (one) => one,
      (one) => `${one} `,
    );
    fc.assert(
      fc.property(url, body, change, respelled, fc.boolean(), (one, sent, alter, respell, has) => {
        const [front = '', fragment] = one.split(/(?=#)/s);
        const hash = `${front.includes('?') ? '&' : '?'}bodySHA256=${getExpectedBodyHash(sent)}`;
        const hashed = `${front}${has ? hash : ''}${fragment ?? ''}`;
        const signature = getExpectedTwilioSignature(token, respell(hashed), {});
        const came = alter(sent);
        const theirs = validateRequestWithBody(token, signature, hashed, came);
        expect(isSignedWith(token, { url: hashed, signature, body: came })).toBe(theirs);
        const bytes = Buffer.from(came);
        expect(isSignedWith(token, { url: hashed, signature, body: bytes })).toBe(theirs);
      }),
      { numRuns: 1_000 },
    );
  });

  test('some of what the property makes is right, and some is wrong', () => {
    const sampled = fc.sample(fc.tuple(url, params, respelled), { numRuns: 300, seed: 5 });
    const verdicts = sampled.map(([one, fields, respell]) =>
      isSignedWith(token, {
        url: one,
        params: fields,
        signature: getExpectedTwilioSignature(token, respell(one), fields),
      }),
    );
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  });
});

describe('refuses without an error', () => {
  test('whatever a signature, a URL, fields and a body are', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ unit: 'binary' })),
        fc.oneof(fc.string({ unit: 'binary' }), url),
        fc.option(params, { nil: undefined }),
        fc.option(fc.oneof(fc.string(), fc.uint8Array()), { nil: undefined }),
        (signature, one, fields, body) => {
          const webhook = { signature, url: one, params: fields, body };
          expect(isSignedWith(token, webhook)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('fields that are nested, as some parsers of forms make them', () => {
    const one = 'https://example.com/';
    const signature = getExpectedTwilioSignature(token, one, {});
    const field = fc.object({ withNullPrototype: true });
    fc.assert(
      fc.property(fc.oneof(field, fc.array(field, { minLength: 1 })), (nested) => {
        // As it comes out of a parser, which promises less than the type says.
        const fields = JSON.parse('{}');
        fields.field = nested;
        expect(isSignedWith(token, { url: one, signature, params: fields })).toBe(false);
      }),
    );
  });

  test.each([null, undefined, '', ' ', 'AAAA', 'é'.repeat(28), 'x'.repeat(1e6)])(
    'the signature %s',
    (signature) => {
      expect(isSignedWith(token, { url: 'https://example.com/', signature })).toBe(false);
    },
  );

  test('a body whose hash the URL does not have', () => {
    const one = 'https://example.com/?bodySHA256=';
    const signature = getExpectedTwilioSignature(token, one, {});
    expect(isSignedWith(token, { url: one, signature, body: '{}' })).toBe(false);
  });
});
