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
    hexadecimal: Buffer.from(value).toString('hex'),
    ...Object.fromEntries(aligned.map((text, offset) => [`base64 at ${offset}`, text])),
    ...Object.fromEntries(
      aligned.map((text, offset) => [
        `base64url at ${offset}`,
        text.replaceAll('+', '-').replaceAll('/', '_'),
      ]),
    ),
  };
}

/** The characters of base64 that depend on the value alone, when so many bytes stand before it. */
function core(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
}
