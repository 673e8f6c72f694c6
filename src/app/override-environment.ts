import { textAt } from './create-secrets.ts';
import type { Override } from './settings.ts';
import type { Snapshot } from './snapshot.ts';

interface Overriding {
  readonly snapshot: Snapshot<object>;
  readonly keys: readonly string[];
  /** Is written to. */
  readonly env: Record<string, string | undefined>;
}

/** Writes the values of these keys into the environment. Answers which, and never the values. */
export const overrideEnvironment = ({ snapshot, keys, env }: Overriding): Override[] =>
  keys.flatMap((key) => {
    const value = textAt(snapshot, key);
    if (value === undefined) return [];
    const replaced = env[key] !== undefined && env[key] !== value;
    env[key] = value;
    return [{ key, from: `AWS Secrets Manager, version ${snapshot.versionId}`, replaced }];
  });

/** Their names, for a log. */
export const namesOf = (overridden: readonly Override[]): string =>
  overridden.map(({ key, replaced }) => (replaced ? `${key} (replaced)` : key)).join(', ');
