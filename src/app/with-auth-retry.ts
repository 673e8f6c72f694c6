import { isAuthError as isUsualAuthError } from './auth-error.ts';
import { believe, doubt, likelyVersion } from './beliefs.ts';
import { type Candidate, candidates } from './candidates.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { Search } from './logins.ts';
import type { AnySecrets } from './process-secrets.ts';
import type { Snapshot } from './snapshot.ts';
import { inTrial } from './trial.ts';
import { certainOf, givenOf, isOf, isTried, only, type Tried } from './tried.ts';
import { seeVersions, valueIn, type Versions } from './versions.ts';

export interface AuthRetryOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
  /** Whether an error says that the credential was not accepted. Default: `isAuthError`. */
  readonly isAuthError?: ((error: unknown) => boolean) | undefined;
  /** The keys that the credential is made of. Default: those that were asked for meanwhile. */
  readonly keys?: readonly string[] | undefined;
  /** How long a version that works is waited for, in ms, a last look of a second apart. Default: a minute. */
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
 * Throws the error of the last attempt, any error of another kind at once, and a TypeError where
 * `withinMs` is no time.
 */
export async function withAuthRetry<T>(
  attempt: () => T | Promise<T>,
  options: AuthRetryOptions = {},
): Promise<T> {
  const { secrets = defaultSecrets(), isAuthError = isUsualAuthError, keys = [] } = options;
  const versions = seeVersions(secrets);
  const search = versions.logins.search();
  const effort: Effort = { secrets, versions, search, keys, tried: [] };
  let refusal: unknown;

  try {
    for await (const candidate of candidates(versions, options)) {
      if (isTried(candidate, effort)) continue;
      const trying = tryWith(candidate, effort);
      try {
        const result = await inTrial(trying.trial, attempt);
        trying.accepted();
        return result;
      } catch (error) {
        if (!isAuthError(error)) throw error;
        refusal = error;
        trying.refused();
      }
    }
  } finally {
    search.end();
  }
  throw refusal;
}

interface Effort {
  readonly secrets: AnySecrets;
  readonly versions: Versions;
  readonly search: Search;
  readonly keys: readonly string[];
  readonly tried: Tried[];
}

/** An attempt with a candidate, and what is learnt of it. */
function tryWith(candidate: Candidate, { secrets, versions, search, keys, tried }: Effort) {
  const { give, giveWith, asked } = giving(versions, candidate);
  const trial = { of: secrets, give, giveWith };
  const passwords = search.follow(trial);
  const before = versions.current.peek()?.versionId;

  function accepted(): void {
    const own = only(keys, passwords.own);
    search.accepted(own);
    // Another version may have become current meanwhile, which this one is no newer than.
    if (before !== versions.current.peek()?.versionId) return;
    believe(versions, { version: candidate.version, passwords: own });
  }

  function refused(): void {
    const others = only(keys, passwords.others);
    // A pool opened its connection as a part of something else, and not always with this candidate.
    const isElsewhere = asked.size === 0 && others.size > 0;
    const given = isElsewhere ? certainOf(others) : givenOf(candidate, { asked, keys });
    search.refused(given);
    doubt(versions, given);
    if (!isElsewhere || isOf(candidate, given)) tried.push({ candidate, given });
  }

  return { trial, accepted, refused };
}

/** What is left running for longer is no login any more, in ms: it goes on with what others are given. */
const longestLogin = 60_000;

/** Gives the candidate's values, or the likeliest of the moment, and the same again for the same key. */
function giving(versions: Versions, { version }: Candidate) {
  const { clock } = versions;
  const end = clock.now() + longestLogin;
  const asked = new Map<string, unknown>();
  const chosen = new Map<string, Snapshot<object>>();

  function give(key: string): unknown {
    if (clock.now() > end) return valueIn(likelyVersion(versions, key), key);
    if (!asked.has(key)) asked.set(key, valueIn(versionFor(key), key));
    return asked.get(key);
  }

  function giveWith(key: string): (other: string) => unknown {
    const isOver = clock.now() > end;
    const together = isOver ? likelyVersion(versions, key) : versionFor(key);
    return (other) => {
      const value = valueIn(together, other);
      if (!isOver) asked.set(other, value);
      return value;
    };
  }

  function versionFor(key: string): Snapshot<object> {
    const found = version ?? chosen.get(key) ?? likelyVersion(versions, key);
    chosen.set(key, found);
    return found;
  }
  return { give, giveWith, asked };
}
