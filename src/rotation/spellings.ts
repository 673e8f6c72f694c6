/**
 * A text in the ways that clients, protocols and logs write it: as it is, escaped for URLs, forms,
 * JSON, SQL, shells, HTML and XML, as bytes, and as it looks inside base64.
 */
export function spellingsOf(value: string): readonly string[] {
  const texts = new Set([
    value,
    decoded(value),
    ...normalForms.map((form) => value.normalize(form)),
  ]);
  return [...new Set([...texts].flatMap((text) => [...escaped(text), ...inBytes(text)]))];
}

const normalForms = ['NFC', 'NFD', 'NFKC'] as const;

/** A value that is itself URL-encoded is taken apart by whoever connects with it. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function escaped(text: string): readonly string[] {
  const json = quoted(text);
  const unquoted = json.replaceAll('\\"', '"');
  const url = encodeURIComponent(text.toWellFormed());
  return [
    text,
    json,
    quoted(json),
    asciiOnly(json),
    json.replaceAll('/', '\\/'),
    url,
    encodeURIComponent(url),
    strict(url),
    encodeURI(text.toWellFormed()),
    new URLSearchParams({ v: text }).toString().slice(2),
    text.replaceAll("'", "''"),
    text.replaceAll("'", "'\\''"),
    unquoted,
    unquoted.replaceAll("'", "\\'"),
    text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
    ...['&#39;', '&#x27;', '&apos;'].map((apostrophe) => markup(text, apostrophe)),
  ];
}

const quoted = (text: string) => JSON.stringify(text).slice(1, -1);

const asciiOnly = (json: string) =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${codeIn16(unit).padStart(4, '0')}`);

/** RFC 3986, which `encodeURIComponent` leaves a few characters short of. */
const strict = (url: string) => url.replace(/[!'()*]/g, (char) => `%${codeIn16(char)}`);

const codeIn16 = (char: string) => char.charCodeAt(0).toString(16);

const markup = (text: string, apostrophe: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe);

function inBytes(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return [
    hex,
    hex.replace(/..(?=.)/g, '$& '),
    bytes.join(','),
    bytes.join(', '),
    ...[0, 1, 2].flatMap((before) => base64Spellings(insideBase64(bytes, before))),
  ];
}

const base64Spellings = (text: string) => [
  text,
  text.replaceAll('+', '-').replaceAll('/', '_'),
  text.replaceAll('/', '\\/'),
  encodeURIComponent(text),
];

/** The characters that depend on these bytes alone, when so many others stand before them. */
function insideBase64(bytes: Buffer, before: number): string {
  const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
  const end = Math.floor((shifted.length * 8) / 6);
  return shifted.toString('base64').slice(Math.ceil((before * 8) / 6), end);
}
