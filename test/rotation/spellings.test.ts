import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactor } from '../../src/rotation/redaction.ts';

const everyCharacter = `aB1 '"\`\\/%&<>+=.$()[]{}^|?*#@!-_~,:;\n\té☃`;

/** Characters that are written differently, and hardly any that are not. */
const dense = fc.string({
  unit: fc.constantFrom(...Array.from(everyCharacter)),
  minLength: 4,
  maxLength: 20,
});

const replacing = (pattern: RegExp, write: (char: string) => string) => (value: string) =>
  value.replace(pattern, write);

const code = (char: string) => char.charCodeAt(0).toString(16);
const entities: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
const markup = (apostrophe: string) =>
  replacing(/[&<>"']/g, (char) => (char === "'" ? apostrophe : `&${entities[char]};`));
const percent = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`;
const json = (value: string) => JSON.stringify(value).slice(1, -1);
const bytes = (value: string) => [...Buffer.from(value)];

test.each<{ spelling: string; write: (value: string) => string }>([
  { spelling: 'as it is', write: (value) => value },
  { spelling: 'in capitals', write: replacing(/[a-z]/g, (char) => char.toUpperCase()) },
  { spelling: 'JSON', write: json },
  { spelling: 'JSON in JSON', write: (value) => json(json(value)) },
  { spelling: 'JSON with escaped slashes', write: (value) => json(value).replaceAll('/', '\\/') },
  {
    spelling: 'JSON in ASCII',
    write: (value) => json(value).replace(/[^ -~]/g, (char) => `\\u${code(char).padStart(4, '0')}`),
  },
  { spelling: 'inspect', write: (value) => inspect(value, { breakLength: Infinity }).slice(1, -1) },
  { spelling: 'URL-encoded', write: encodeURIComponent },
  {
    spelling: 'URL-encoded twice',
    write: (value) => encodeURIComponent(encodeURIComponent(value)),
  },
  {
    spelling: 'URL-encoded after RFC 3986',
    write: (value) =>
      bytes(value)
        .map((byte) =>
          /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percent(byte),
        )
        .join(''),
  },
  { spelling: 'a whole URL', write: encodeURI },
  { spelling: 'a form', write: (value) => new URLSearchParams([['', value]]).toString().slice(1) },
  { spelling: 'SQL', write: replacing(/'/g, () => "''") },
  { spelling: 'a shell', write: replacing(/'/g, () => String.raw`'\''`) },
  { spelling: 'a pattern', write: replacing(/[\\^$.*+?()[\]{}|]/g, (char) => `\\${char}`) },
  { spelling: 'HTML', write: markup('&#39;') },
  { spelling: 'HTML of Python', write: markup('&#x27;') },
  { spelling: 'XML', write: markup('&apos;') },
  { spelling: 'hexadecimal', write: (value) => Buffer.from(value).toString('hex') },
  { spelling: 'hexadecimal in pairs', write: (value) => inspect(Buffer.from(value)).slice(8, -1) },
  { spelling: 'decimal', write: (value) => bytes(value).join(',') },
  { spelling: 'decimal, spaced', write: (value) => bytes(value).join(', ') },
  { spelling: 'composed', write: (value) => value.normalize('NFC') },
  { spelling: 'decomposed', write: (value) => value.normalize('NFD') },
])('a value is found in the spelling of $spelling', ({ write }) => {
  fc.assert(
    fc.property(dense, (value) => {
      const shown = redactor([value])(`«${write(value)}»`);
      expect(shown).toBe('«[redacted]»');
    }),
  );
});

test('a value that is URL-encoded itself is found decoded', () => {
  fc.assert(
    fc.property(dense, (value) => {
      const shown = redactor([encodeURIComponent(value)])(`«${value}»`);
      expect(shown).toBe('«[redacted]»');
    }),
  );
});

test.each([
  { spelling: 'URL-encoded', write: encodeURIComponent },
  { spelling: 'with escaped slashes', write: (text: string) => text.replaceAll('/', '\\/') },
  { spelling: 'for URLs', write: (text: string) => text.replaceAll('+', '-').replaceAll('/', '_') },
])('a piece of a value is found in base64 $spelling', ({ write }) => {
  const slashes = 'a?>b?>c?>d?>e?>f?>';
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 }), (before) => {
      const encoded = Buffer.from(`${'x'.repeat(before)}${slashes}`)
        .toString('base64')
        .slice(4, -4);
      const shown = redactor([slashes])(`before ${write(encoded)}`);
      expect(shown).toBe('before [redacted]');
    }),
  );
});
