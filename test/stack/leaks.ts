import { inspect } from 'node:util';

/** Where a value shows in a text: how it was written there. */
export interface Leak {
  readonly form: string;
  readonly around: string;
}

/**
 * Looks for values in a text, in every form that clients, logs and protocols give them. Shares no
 * code with what redacts.
 */
export function leaksIn(text: string, values: Iterable<string>): Leak[] {
  const lowered = text.toLowerCase();
  return [...new Set(values)].flatMap((value) =>
    Object.entries(formsOf(value)).flatMap(([form, written]) => {
      const exact = text.indexOf(written);
      const at = exact >= 0 ? exact : percentAt(lowered, written);
      return at < 0 ? [] : [{ form, around: text.slice(Math.max(0, at - 60), at) }];
    }),
  );
}

/** Percent codes come in capitals and in small letters. */
const percentAt = (lowered: string, written: string) =>
  written.includes('%') ? lowered.indexOf(written.toLowerCase()) : -1;

function formsOf(value: string): Record<string, string> {
  const aligned = [0, 1, 2].map((offset) => core(value, offset));
  return {
    'as it is': value,
    'URL-encoded': encodeURIComponent(value),
    'form-encoded': new URLSearchParams({ v: value }).toString().slice(2),
    'JSON-escaped': JSON.stringify(value).slice(1, -1),
    'JSON in JSON': JSON.stringify(JSON.stringify(value)).slice(3, -3),
    'JSON in ASCII': JSON.stringify(value)
      .slice(1, -1)
      .replace(
        /[\u007f-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    'as inspect writes it': inspect(value).slice(1, -1),
    'SQL-quoted': value.replaceAll("'", "''"),
    'shell-quoted': value.replaceAll("'", "'\\''"),
    'HTML-escaped': markup(value, '&#39;'),
    'XML-escaped': markup(value, '&apos;'),
    hexadecimal: Buffer.from(value).toString('hex'),
    'as bytes': Buffer.from(value)
      .toString('hex')
      .replace(/..(?=.)/g, '$& '),
    'as a list of bytes': Buffer.from(value).join(','),
    ...Object.fromEntries(aligned.map((text, offset) => [`base64 at ${offset}`, text])),
    ...Object.fromEntries(
      aligned.map((text, offset) => [
        `base64url at ${offset}`,
        text.replaceAll('+', '-').replaceAll('/', '_'),
      ]),
    ),
  };
}

const markup = (value: string, apostrophe: string) =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe);

/** The characters of base64 that depend on the value alone, when so many bytes stand before it. */
function core(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
}
