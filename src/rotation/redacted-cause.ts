import type { Redact } from './redaction.ts';

interface Codes {
  readonly code?: string | number | undefined;
  readonly status?: number | undefined;
}

/**
 * A foreign error rebuilt from what cannot hold a value: its kind, code and status, each of a known
 * shape, the places in the code, and the causes behind it. The message and whatever else hangs on
 * it stay behind. `undefined` for what is no error, or fights being looked at.
 */
export function redactedCause(
  error: unknown,
  redact: Redact,
  depth = 3,
): (Error & Codes) | undefined {
  try {
    if (!(error instanceof Error) || depth === 0) return undefined;
    return rebuilt(error, redact, depth);
  } catch {
    return undefined;
  }
}

/** A rebuilt error in a few words, for a message: `TypeError at index.mjs:12:34`. */
export function summary(cause: (Error & Codes) | undefined): string {
  if (!cause) return 'what was thrown is no error';
  const { name, code, status, stack = '' } = cause;
  const place = /^ {4}(at .+)$/m.exec(stack)?.[1];
  const kind = [name, code, status && `HTTP ${status}`].filter(Boolean).join(', ');
  return place ? `${kind} ${place}` : kind;
}

function rebuilt(error: Error, redact: Redact, depth: number): Error & Codes {
  const cause = redactedCause(field(error, 'cause'), redact, depth - 1);
  const safe = new Error('its message is withheld', cause && { cause });
  const known = allowing((text) => redact(text) === text);

  safe.name = known.text(field(error, 'name'), kinds) ?? 'Error';
  const places = placesIn(error).filter((place) => redact(place) === place);
  safe.stack = [String(safe), ...places.map((place) => `    at ${place}`)].join('\n');
  return Object.assign(safe, {
    ...definedOnly('code', known.number(field(error, 'code'), [0, 99_999])),
    ...definedOnly('code', known.text(field(error, 'code'), codes)),
    ...definedOnly('status', known.number(field(error, 'statusCode'), [100, 599])),
    ...definedOnly('status', known.number(field(error, 'status'), [100, 599])),
  });
}

/** What errors are called: `TypeError`, `AxiosError`, `DBInstanceNotFoundFault`, pg's `error`. */
const kinds = /^(?:error|(?:[A-Z][A-Za-z]{0,60})?(?:Error|Exception|Fault))$/;

/** `ECONNREFUSED`, `ERR_BAD_RESPONSE`, `UND_ERR_SOCKET`; SQLSTATE, such as `28P01`. */
const codes = /^(?:[A-Z]{2,20}(?:_[A-Z]{1,16}\d{0,3}){0,8}|[0-9A-Z]{5})$/;

const allowing = (harmless: (text: string) => boolean) => ({
  text: (value: unknown, shape: RegExp) =>
    typeof value === 'string' && shape.test(value) && harmless(value) ? value : undefined,

  number: (value: unknown, [least, most]: readonly [number, number]) =>
    isInteger(value) && value >= least && value <= most && harmless(String(value))
      ? value
      : undefined,
});

const isInteger = (value: unknown): value is number => Number.isInteger(value);

const definedOnly = (name: string, value: unknown) =>
  value === undefined ? {} : { [name]: value };

/** File names and positions. From behind the message, whose lines may look like places too. */
function placesIn(error: Error): readonly string[] {
  const [stack, message] = [field(error, 'stack'), field(error, 'message')];
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const frames = stack.slice(start + message.length).matchAll(frame);
  return [...frames].flatMap(([, place]) => place ?? []);
}

const frame = /^ {4}at .*?([\w.-]{1,60}\.[cm]?[jt]s:\d{1,7}:\d{1,7})\)?$/gm;

/** A getter may throw. */
function field(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
}
