import { isAuthError as isUsualAuthError } from './auth-error.ts';
import { type Candidate, candidates } from './candidates.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { inTrial } from './trial.ts';
import { seeVersions, type Versions } from './versions.ts';

export interface AuthRetryOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
  /** Whether an error says that the credential was not accepted. Default: `isAuthError`. */
  readonly isAuthError?: ((error: unknown) => boolean) | undefined;
  /** The keys that the credential is made of. Default: those that were asked for meanwhile. */
  readonly keys?: readonly string[] | undefined;
  /** How long a version that works is waited for, in ms. Default: a minute. */
  readonly withinMs?: number | undefined;
  /** Ends the waiting; the error of the last attempt is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does something that needs a credential, and does it again with another version's where the first is
 * not accepted: a newer current one, then AWSPENDING, then AWSPREVIOUS, then whatever becomes current
 * within a minute. So it gets through the switch gap of a rotation, and through one that was missed.
 * Meanwhile `get`, `getSecret` and the functions of `databasePassword` answer the version that is
 * tried, never the same value twice; `snapshot` and `getSecrets` answer the current one all the time.
 * Throws the error of the last attempt, and any error of another kind at once.
 */
export async function withAuthRetry<T>(
  attempt: () => T | Promise<T>,
  options: AuthRetryOptions = {},
): Promise<T> {
  const { secrets = defaultSecrets(), isAuthError = isUsualAuthError, keys = [] } = options;
  const versions = seeVersions(secrets);
  const tried: Tried[] = [];
  let refusal: unknown;

  for await (const candidate of candidates(versions, options)) {
    if (isTried(candidate, { tried, keys })) continue;
    const given = new Map(keys.map((key) => [key, candidate.valueOf(key)]));
    const asked = new Set<string>();
    const askedBefore = versions.asked.times;
    const give = (key: string) => {
      const value = candidate.valueOf(key);
      asked.add(key);
      given.set(key, value);
      return value;
    };
    try {
      const result = await inTrial({ of: secrets, give }, attempt);
      believe(versions, { candidate, asked });
      return result;
    } catch (error) {
      if (!isAuthError(error)) throw error;
      refusal = error;
      // A pool opened its connection as a part of something else, and with who knows which value.
      if (asked.size === 0 && versions.asked.times !== askedBefore) continue;
      doubt(versions, given);
      tried.push({ candidate, given });
    }
  }
  throw refusal;
}

interface Tried {
  readonly candidate: Candidate;
  /** The values that it gave, by key. */
  readonly given: ReadonlyMap<string, unknown>;
}

/** By value: trying a refused one again brings some systems to lock the user out. */
function isTried(
  candidate: Candidate,
  { tried, keys }: { readonly tried: readonly Tried[]; readonly keys: readonly string[] },
): boolean {
  const asked = new Set([...keys, ...tried.flatMap(({ given }) => [...given.keys()])]);
  return tried.some(({ candidate: earlier, given }) =>
    asked.size === 0
      ? earlier.text() === candidate.text()
      : [...asked].every((key) =>
          Object.is(given.has(key) ? given.get(key) : earlier.valueOf(key), candidate.valueOf(key)),
        ),
  );
}

interface Accepted {
  readonly candidate: Candidate;
  /** Keys whose values it was asked for: what nobody asked for may have been an open connection's. */
  readonly asked: ReadonlySet<string>;
}

/** What was asked for and accepted is given from now on, also where nothing is retried. */
function believe({ proven, current }: Versions, { candidate, asked }: Accepted): void {
  const { version } = candidate;
  if (version === undefined) return;
  const isCurrent = version.versionId === current.peek()?.versionId;
  for (const key of asked) {
    if (isCurrent) proven.delete(key);
    else proven.set(key, version);
  }
}

function doubt({ proven }: Versions, given: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of given) {
    const values = proven.get(key)?.values ?? {};
    if (Object.is(Reflect.get(values, key), value)) proven.delete(key);
  }
}
