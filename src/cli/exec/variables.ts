import { Failure } from '../failure.ts';
import { printableName } from '../printable.ts';
import type { Document } from '../secret-version.ts';
import { isRefused } from './refused-names.ts';

/** What a version of the secret becomes. A warning names a key, and no value. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * A variable for each key, or for those of `only`. Keys that cannot be one are left out with a
 * warning. Throws a Failure for a key that is not there and for a value no variable can hold.
 */
export function variablesOf(document: Document, only?: readonly string[]): Variables {
  assertHeld(document, only ?? []);
  const keys = [...new Set(only ?? Object.keys(document))];
  const why = new Map(keys.map((key) => [key, whyLeftOut(key, document[key])]));
  const set = keys.filter((key) => why.get(key) === undefined);
  return {
    values: new Map(set.map((key) => [key, variable(key, document[key])])),
    warnings: [...why.values()].filter((warning) => warning !== undefined),
  };
}

/** Throws a Failure where the secret lacks one of the keys. What may be a value is not quoted. */
export function assertHeld(document: Document, keys: readonly string[]): void {
  if (keys.every((key) => Object.hasOwn(document, key))) return;
  const there = Object.keys(document).map(printableName).join(', ') || 'none';
  const missing = keys.filter((key) => !Object.hasOwn(document, key));
  const what = missing.every(isName)
    ? `The secret has no key ${missing.join(', ')}`
    : 'The secret has no such key';
  throw new Failure('KEY_MISSING', `${what}. Its keys are: ${there}. Name one of them.`);
}

/** What nobody would take for a value that stands in the wrong place. */
const isName = (key: string) => /^[A-Z]+(?:_[A-Z]+)*$/.test(key) && key.length <= 40;

/** A value as text: texts as they are, everything else as JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function whyLeftOut(key: string, value: unknown): string | undefined {
  const name = printableName(key);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
    return `The key ${name} is left out: variables have only letters, digits and _ in their names.`;
  }
  if (isRefused(key)) {
    return `The key ${name} is left out: that variable decides what code runs, and no secret may set it.`;
  }
  return value === null ? `The key ${name} is left out: it is null.` : undefined;
}

function variable(key: string, value: unknown): string {
  const text = textOf(value);
  if (!text.includes('\0') && text.isWellFormed()) return text;
  throw new Failure(
    'NOT_A_VARIABLE',
    `The value of the key ${key} cannot be a variable: it holds a NUL character, or half of a ` +
      'surrogate pair. Store it encoded, as base64 for example, or leave the key out with --only.',
  );
}
