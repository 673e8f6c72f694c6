import { inspect } from 'node:util';
import { base64, type Leak } from './leak.ts';

/** Texts that show a value in another spelling, as the message of an error. */
export const leaksBySpelling: readonly Leak[] = [
  spelled('as it is', (value) => value),
  spelled('in capitals', (value) => value.toUpperCase()),
  spelled('URL-encoded', encodeURIComponent),
  spelled('URL-encoded in small letters', (value) => encodeURIComponent(value).toLowerCase()),
  spelled('URL-encoded twice', (value) => encodeURIComponent(encodeURIComponent(value))),
  spelled('URL-encoded after RFC 3986', (value) =>
    encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${inHex(char)}`),
  ),
  spelled('in a URL that keeps its reserved characters', encodeURI),
  spelled('form-encoded, with + for a space', (value) =>
    new URLSearchParams({ v: value }).toString().slice(2),
  ),
  spelled(
    'decoded from a connection string',
    (value) => new URL(value).password.replace('%40', '@'),
    {
      value: 'postgres://app:pass%40word-of-the-app@db.invalid/app',
    },
  ),
  spelled('JSON-escaped', (value) => JSON.stringify(value)),
  spelled('JSON inside JSON', (value) => JSON.stringify(JSON.stringify(value))),
  spelled('JSON with escaped slashes', (value) => JSON.stringify(value).replaceAll('/', '\\/')),
  spelled(
    'JSON in ASCII only',
    (value) => JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u00${inHex(char)}`),
    { value: 'über-größe-äöü-wörter' },
  ),
  spelled('as inspect quotes it', (value) => inspect([value])),
  spelled('SQL-quoted', (value) => `'${value.replaceAll("'", "''")}'`),
  spelled('shell-quoted', (value) => `'${value.replaceAll("'", "'\\''")}'`),
  spelled('escaped for a pattern', (value) => value.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')),
  spelled('HTML-escaped', (value) => markup(value).replaceAll("'", '&#39;')),
  spelled('XML-escaped', (value) => markup(value).replaceAll("'", '&apos;')),
  spelled('in another normal form', (value) => value.normalize('NFD'), { value: 'Zoë-Brontë' }),
  spelled('hexadecimal', (value) => Buffer.from(value).toString('hex')),
  spelled('hexadecimal in capitals', (value) => Buffer.from(value).toString('hex').toUpperCase()),
  spelled('as bytes', (value) => inspect(Buffer.from(value))),
  spelled('as a list of bytes', (value) => JSON.stringify(Buffer.from(value))),
  ...['', 'x', 'xy'].flatMap((before) => [
    spelled(`base64, ${before.length} bytes in`, (value) => base64(`${before}${value} and more`)),
    spelled(`base64 for URLs, ${before.length} bytes in`, (value) =>
      Buffer.from(`${before}${value}`).toString('base64url'),
    ),
  ]),
  spelled('Authorization: Basic', (value) => `Authorization: Basic ${base64(`app:${value}`)}`),
  spelled('Basic, URL-encoded', (value) => encodeURIComponent(`Basic ${base64(`app:${value}`)}`)),
  spelled('base64 in lines of 76', (value) =>
    base64(`${'x'.repeat(40)}${value}`).replace(/.{76}/g, '$&\r\n'),
  ),
];

/** Values that are hard to find, or to keep apart. */
export const leaksByValue: readonly Leak[] = [
  spelled('a value of patterns', (value) => value, { value: String.raw`.*+?^$[a](b){1}|\d$&$1` }),
  spelled('a value of four characters', (value) => `it is ${value}!`, { value: 'x9#k' }),
  spelled('a value of four characters, as Basic credentials', (value) => base64(`app:${value}`), {
    value: 'x9#k',
  }),
  spelled('a value of thousands of characters', (value) => `refused: ${value}`, {
    value: Array.from({ length: 700 }, (_, at) => (at * at * 7_919).toString(36)).join(''),
  }),
  spelled('half of a value, cut off by the length of a message', cutOff, {
    value: 'Kt7-the_first-half-of-it.9aB-the_second-half-of-it.4Xz',
  }),
  spelled('half of a value in base64', (value) => cutOff(base64(`app:${value}`)), {
    value: 'Kt7-the_first-half-of-it.9aB-the_second-half-of-it.4Xz',
  }),
];

function cutOff(text: string): string {
  return `${text.slice(0, text.length / 2)}…`;
}

function spelled(
  name: string,
  write: (value: string) => string,
  own: Pick<Leak, 'value' | 'shows'> = {},
): Leak {
  return {
    name,
    leak: (value) => {
      throw new Error(`before ${write(value)} after`);
    },
    shows: write,
    ...own,
  };
}

const inHex = (char: string) => char.charCodeAt(0).toString(16);

const markup = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
