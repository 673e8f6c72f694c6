import type { Candidate } from './candidates.ts';

/** By key. */
type Values = ReadonlyMap<string, unknown>;

/** A candidate that was refused. */
export interface Tried {
  readonly candidate: Candidate;
  /** The values that it gave, by key. */
  readonly given: Values;
}

/** By value: trying a refused one again brings some systems to lock the user out. */
export function isTried(
  candidate: Candidate,
  { tried, keys }: { readonly tried: readonly Tried[]; readonly keys: readonly string[] },
): boolean {
  const asked = new Set(keys.length > 0 ? keys : tried.flatMap(({ given }) => [...given.keys()]));
  return tried.some(({ candidate: earlier, given }) =>
    asked.size === 0
      ? earlier.text() === candidate.text()
      : [...asked].every((key) =>
          Object.is(given.has(key) ? given.get(key) : earlier.valueOf(key), candidate.valueOf(key)),
        ),
  );
}

/** Those of the keys that are named, where any are. */
export const only = <Value>(
  keys: readonly string[],
  values: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> =>
  keys.length === 0 ? values : new Map([...values].filter(([key]) => keys.includes(key)));

interface Asked {
  readonly asked: Values;
  readonly keys: readonly string[];
}

/** What an attempt was refused with: the named keys, asked for or not, or else what it asked for. */
export const givenOf = (candidate: Candidate, { asked, keys }: Asked): Values =>
  keys.length === 0
    ? asked
    : new Map(keys.map((key) => [key, asked.has(key) ? asked.get(key) : candidate.valueOf(key)]));

/** Of connections that were opened elsewhere: the values of keys of which one only was given. */
export function certainOf(others: ReadonlyMap<string, ReadonlySet<unknown>>): Values {
  return new Map(
    [...others].flatMap(([key, [value, ...more]]) => (more.length === 0 ? [[key, value]] : [])),
  );
}

/** Whether there are values, and the candidate has them. */
export const isOf = (candidate: Candidate, values: Values): boolean =>
  values.size > 0 && [...values].every(([key, value]) => Object.is(candidate.valueOf(key), value));
