import { evaluate, parse, type MemberNode, type ObjectNode } from '@humanwhocodes/momoa';
import { RotationError } from './errors.ts';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/**
 * The text of a secret: one JSON object. Changing keys rewrites only their values; every other
 * byte, white space and number formats included, stays as it was. Never prints its content.
 */
export class SecretDocument {
  readonly #text: string;
  readonly #members: ReadonlyMap<string, Member>;

  private constructor(text: string, members: ReadonlyMap<string, Member>) {
    this.#text = text;
    this.#members = members;
  }

  /** Throws `SECRET_NOT_JSON_OBJECT`, or `SECRET_DUPLICATE_KEY` where two readers could differ. */
  static parse(text: string): SecretDocument {
    return new SecretDocument(text, membersOf(parseObject(text)));
  }

  get text(): string {
    return this.#text;
  }

  /** The size Secrets Manager counts: bytes of UTF-8. */
  get bytes(): number {
    return Buffer.byteLength(this.#text);
  }

  get keys(): readonly string[] {
    return [...this.#members.keys()];
  }

  get(key: string): JsonValue | undefined {
    return this.#members.get(key)?.value;
  }

  /** A key's value as it is written, byte for byte; `undefined` when the key is missing. */
  source(key: string): string | undefined {
    const member = this.#members.get(key);
    return member && this.#text.slice(...member.range);
  }

  /** A document with these keys set; new keys follow the last one, in its layout. */
  with(changes: Readonly<Record<string, JsonValue>>): SecretDocument {
    return Object.entries(changes).reduce<SecretDocument>(
      (document, [key, value]) => SecretDocument.parse(document.#set(key, JSON.stringify(value))),
      this,
    );
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'SecretDocument [secret]';
  }

  #set(key: string, source: string): string {
    const member = this.#members.get(key);
    return member ? splice(this.#text, member.range, source) : this.#append(key, source);
  }

  #append(key: string, source: string): string {
    const last = [...this.#members.values()].at(-1);
    const name = JSON.stringify(key);
    if (!last) return splice(this.#text, emptyBody(this.#text), `${name}:${source}`);
    const before = this.#text.slice(0, last.range[1]);
    const indent = spaceBefore(this.#text, last.start);
    const colon = this.#text.slice(last.nameEnd, last.range[0]);
    return `${before},${indent}${name}${colon}${source}${this.#text.slice(last.range[1])}`;
  }
}

type Range = readonly [start: number, end: number];

interface Member {
  readonly value: JsonValue;
  readonly start: number;
  readonly nameEnd: number;
  readonly range: Range;
}

function parseObject(text: string): ObjectNode {
  const { body } = parseJson(text);
  if (body.type === 'Object') return body;
  throw new RotationError(
    'SECRET_NOT_JSON_OBJECT',
    `The secret is JSON of the kind "${body.type.toLowerCase()}", not an object of keys and values. ` +
      'Store it as one JSON object, such as {"DB_PASSWORD": "…"}, and rotate again.',
  );
}

function parseJson(text: string) {
  try {
    // The stricter judge of the two: the other one takes control characters in texts.
    JSON.parse(text);
    return parse(text);
  } catch {
    // A parser's message quotes the text it stumbled over: it must not travel on as a cause.
    throw new RotationError(
      'SECRET_NOT_JSON_OBJECT',
      'The secret is not valid JSON. Store it as one JSON object, such as {"DB_PASSWORD": "…"}, ' +
        'and rotate again.',
    );
  }
}

function membersOf(object: ObjectNode): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const member of object.members) {
    const key = nameOf(member);
    if (members.has(key)) throw duplicate(key);
    members.set(key, {
      value: evaluate(member.value),
      start: offsets(member.name)[0],
      nameEnd: offsets(member.name)[1],
      range: offsets(member.value),
    });
  }
  return members;
}

const nameOf = ({ name }: MemberNode) => (name.type === 'String' ? name.value : name.name);

const offsets = ({
  loc,
}: {
  loc: { start: { offset: number }; end: { offset: number } };
}): Range => [loc.start.offset, loc.end.offset];

const splice = (text: string, [start, end]: Range, source: string) =>
  text.slice(0, start) + source + text.slice(end);

/** The white space that ends at `end`; scanned by hand, since a pattern would take quadratic time. */
function spaceBefore(text: string, end: number): string {
  const isSpace = (index: number) => /\s/.test(text.charAt(index));
  let start = end;
  while (isSpace(start - 1)) start -= 1;
  return text.slice(start, end);
}

const emptyBody = (text: string): Range => [text.indexOf('{') + 1, text.indexOf('}')];

const duplicate = (key: string) =>
  new RotationError(
    'SECRET_DUPLICATE_KEY',
    `The key ${key} stands twice in the secret, and its readers may not agree on which one counts. ` +
      'Remove one of the two and rotate again.',
    { key },
  );
