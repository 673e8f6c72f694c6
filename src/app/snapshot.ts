import { inspect } from 'node:util';

export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

/** A version of the secret as it was read. Frozen through and through; printing it shows no value. */
export interface Snapshot<Values extends object = Record<string, unknown>> {
  /** The version's id; empty where the environment is the source. */
  readonly versionId: string;
  readonly stage: Stage;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
  readonly source: 'aws' | 'env';
  /** When the version was made, in ms since 1970; undefined where that is not known. */
  readonly createdAt: number | undefined;
  /** All labels that the version had. */
  readonly labels: readonly string[];
  /** What the schema made of the document. */
  readonly values: Values;
  /** The JSON object as it is stored. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Whether it carries the label that says that nothing of a version is accepted any more. */
export const isRetired = ({ labels }: Pick<Snapshot, 'labels'>): boolean =>
  labels.includes('KEYTURN_RETIRED');

/** Freezes what it is given, and has it printed without values. */
export function snapshotOf<Values extends object>(parts: Snapshot<Values>): Snapshot<Values> {
  const { versionId, stage, fetchedAt, source, document } = parts;
  const shown = { versionId, stage, fetchedAt, source, keys: Object.keys(document) };
  const snapshot = {
    ...parts,
    labels: Object.freeze([...parts.labels]),
    values: withoutShowing(parts.values),
    document: withoutShowing(document),
  };
  // What lists the properties of an object, as loggers and console.dir do, finds no values.
  for (const name of ['values', 'document']) {
    Object.defineProperty(snapshot, name, { enumerable: false });
  }
  return printedAs(snapshot, shown);
}

/** A copy, frozen, that `console.log` and `JSON.stringify` show the keys of alone. */
export function withoutShowing<T extends object>(values: T): T {
  const copy = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, frozen(value)]),
  );
  const shown = Object.fromEntries(Object.keys(values).map((key) => [key, '[redacted]']));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the keys and values of the original
  return printedAs(copy as T, shown);
}

/** The value of a key; undefined for what every object inherits, and for what prints it. */
export function valueAt(values: object, key: string): unknown {
  const value: unknown = Reflect.get(values, key);
  // Most values are texts, and nothing that is inherited is one.
  return typeof value === 'string' || isOwn(values, key) ? value : undefined;
}

const isOwn = (values: object, key: string) =>
  Object.prototype.propertyIsEnumerable.call(values, key);

/** As JSON, values and all: what hides them from being printed is left out. */
export const jsonOf = (value: unknown): string => JSON.stringify(unhidden(value));

function unhidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unhidden);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unhidden(inner)]));
}

const isPlain = (value: unknown): value is object =>
  value instanceof Object && Object.getPrototypeOf(value) === Object.prototype;

/** Frozen, and shown as something else. What shows it cannot be seen by a loop over its keys. */
export function printedAs<T extends object>(target: T, shown: object): T {
  Object.defineProperty(target, 'toJSON', { value: () => shown, enumerable: false });
  Object.defineProperty(target, inspect.custom, { value: () => shown, enumerable: false });
  return Object.freeze(target);
}

function frozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  return isPlain(value) ? withoutShowing(value) : value;
}
