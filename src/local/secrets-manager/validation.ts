import * as v from 'valibot';
import { SecretsManagerError } from './errors.ts';

/** Parses a request. Throws a ValidationException that names members, and holds no values. */
export function parse<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;

  const found = result.issues.map(
    (issue) => `Value at '${memberOf(issue)}' failed to satisfy constraint: ${constraintOf(issue)}`,
  );
  const count = `${found.length} validation error${found.length > 1 ? 's' : ''} detected`;
  throw new SecretsManagerError('ValidationException', `${count}: ${found.join('; ')}`);
}

export const text = (min: number, max: number) =>
  v.pipe(v.string(), v.minLength(min, atLeast(min)), v.maxLength(max, atMost(max)));

export const matching = (min: number, max: number, pattern: RegExp) =>
  v.pipe(
    text(min, max),
    v.regex(pattern, `Member must satisfy regular expression pattern: ${pattern.source}`),
  );

export const integer = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('Member must be an integer'),
    v.minValue(min, `Member must have value greater than or equal to ${min}`),
    v.maxValue(max, `Member must have value less than or equal to ${max}`),
  );

export const list = <T extends v.GenericSchema>(item: T, min: number, max: number) =>
  v.pipe(v.array(item), v.minLength(min, atLeast(min)), v.maxLength(max, atMost(max)));

export const oneOf = <const T extends readonly string[]>(options: T) => v.picklist(options);

/** At most 65,536 bytes. */
export const secretString = v.pipe(
  v.string(),
  v.minBytes(1, atLeast(1)),
  v.maxBytes(65_536, atMost(65_536)),
);

/** Bytes in base64, at most 65,536 of them. */
export const secretBinary = v.pipe(
  v.string(),
  v.check((encoded) => sizeOf(encoded) >= 1, atLeast(1)),
  v.check((encoded) => sizeOf(encoded) <= 65_536, atMost(65_536)),
);

export const secretId = text(1, 2048);
export const versionId = text(32, 64);
export const stage = text(1, 256);
export const token = text(32, 64);
export const tag = v.object({ Key: text(1, 128), Value: text(0, 256) });
export const nextToken = text(1, 4096);

const sizeOf = (encoded: string) => Buffer.from(encoded, 'base64').byteLength;

function atLeast(min: number): string {
  return `Member must have length greater than or equal to ${min}`;
}

function atMost(max: number): string {
  return `Member must have length less than or equal to ${max}`;
}

/** `SecretIdList.2` in AWS's spelling: `secretIdList.3.member`. */
function memberOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map(({ key }) =>
    typeof key === 'number' ? `${key + 1}.member` : lowerFirst(String(key)),
  );
  return path.join('.');
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Only our own messages: those of the library repeat the value. */
function constraintOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation') return issue.message;
  if (issue.input === undefined || issue.input === null) return 'Member must not be null';
  if (issue.type === 'picklist') return `Member must satisfy enum value set: ${issue.expected}`;
  return `Member must be of type ${issue.expected}`;
}
