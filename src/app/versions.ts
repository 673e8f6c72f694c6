import type { Clock } from './clock.ts';
import type { CurrentSecret } from './current-secret.ts';
import type { Logins } from './logins.ts';
import type { OtherVersion } from './other-version.ts';
import type { Limits } from './refresh-policy.ts';
import { type Snapshot, valueAt } from './snapshot.ts';

/** That the value of another version than the current one is the one that works. */
export interface Belief {
  readonly version: Snapshot<object>;
  /** In ms since 1970: labels move on where nobody looks. */
  readonly until: number;
}

/** What the helpers see of a secret, beside what applications do. */
export interface Versions<Values extends object = object> {
  readonly secretId: string;
  readonly current: CurrentSecret<Values>;
  readonly previous: OtherVersion<Values>;
  readonly pending: OtherVersion<Values>;
  readonly clock: Clock;
  readonly limits: Limits;
  /** When the helpers looked for a newer version last, each for a purpose of its own. */
  readonly looked: Map<string, number>;
  /** Passwords of new connections, as far as a search for one that works has to know them. */
  readonly logins: Logins;
  /** By key: a version other than the current one whose value was accepted, as it is in a switch gap. */
  readonly proven: Map<string, Belief>;
}

const versionsOf = new WeakMap<object, Versions>();

export function keepVersions(secrets: object, versions: Versions): void {
  versionsOf.set(secrets, versions);
}

/** Throws a TypeError where the secrets are nothing that `createSecrets` or `loadSettings` made. */
export function seeVersions(secrets: object): Versions {
  const versions = versionsOf.get(secrets);
  if (versions) return versions;
  throw new TypeError('The option secrets must be what createSecrets() or loadSettings() gave.');
}

/**
 * The current version, read anew unless somebody did so for the same purpose less than so many ms
 * ago. Where it cannot be read, the one in memory. Never throws.
 */
export async function lookAgain(
  { current, clock, looked }: Versions,
  { purpose, notWithinMs }: { readonly purpose: string; readonly notWithinMs: number },
): Promise<Snapshot<object> | undefined> {
  const now = clock.now();
  const isDue = now - (looked.get(purpose) ?? -Infinity) >= notWithinMs;
  if (isDue) looked.set(purpose, now);
  if (isDue || current.isReading) await current.refresh().catch(() => undefined);
  return current.peek();
}

/** As the schema has it, or as it is stored where the schema leaves it out. */
export const valueIn = ({ values, document }: Snapshot<object>, key: string): unknown =>
  valueAt(values, key) ?? valueAt(document, key);
