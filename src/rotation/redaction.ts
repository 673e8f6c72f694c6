/** Replaces every occurrence of the values it was made for. */
export type Redact = (text: string) => string;

/** Below this a value is too short to be told from ordinary text. */
const shortestValue = 4;

const mark = '[redacted]';

/**
 * A function that replaces these values wherever a text shows them: as they are, URL-encoded,
 * as JSON, or inside base64 such as Basic credentials.
 */
export function redactor(values: Iterable<string>): Redact {
  const needles = [...new Set(values)].filter((value) => value.length >= shortestValue);
  const forms = [...new Set(needles.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);

  return (text) => {
    const plain = forms.reduce((rest, form) => rest.replaceAll(form, mark), text);
    return plain.replace(/[A-Za-z0-9+/_-]{6,}={0,2}/g, (run) => (hides(run, needles) ? mark : run));
  };
}

/** For texts that may show values nobody knows yet. */
export const redactAll: Redact = () => mark;

/**
 * A foreign error reduced to what is safe to print: names, codes and redacted messages. `wording`
 * redacts the messages where they need more than the codes.
 */
export function redactedCause(
  error: unknown,
  redact: Redact,
  { wording = redact, depth = 3 }: { wording?: Redact; depth?: number } = {},
): Error | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined;
  const cause = redactedCause(error.cause, redact, { wording, depth: depth - 1 });
  const message = wording(error.message);
  const safe = new Error(message, cause ? { cause } : undefined);
  safe.name = redact(error.name);
  safe.stack = `${safe.name}: ${message}`;
  return Object.assign(safe, codesOf(error, redact));
}

/** Texts anywhere inside a value: a password, the entries of a list of fallbacks. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value.toWellFormed());
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const sql = value.replaceAll("'", "''");
  const hex = Buffer.from(value).toString('hex');
  const nested = [JSON.stringify(json).slice(1, -1), encodeURIComponent(url)];
  return [
    value,
    json,
    url,
    form,
    sql,
    hex,
    ...nested,
    url.replace(/%../g, (code) => code.toLowerCase()),
  ];
}

/** Whether a run of base64 holds one of the values, at whatever offset it was encoded. */
function hides(run: string, needles: readonly string[]): boolean {
  return [0, 1, 2, 3].some((skip) => {
    const decoded = Buffer.from(run.slice(skip), 'base64').toString('utf8');
    return needles.some((needle) => decoded.includes(needle));
  });
}

function codesOf(error: Error, redact: Redact): Record<string, string | number> {
  const codes: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(error)) {
    if (!['code', 'status', 'statusCode'].includes(name)) continue;
    if (typeof value === 'number') codes[name] = value;
    if (typeof value === 'string') codes[name] = redact(value);
  }
  return codes;
}
