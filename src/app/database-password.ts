import { keyMissing } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { trialOf } from './trial.ts';
import { likelyValue, seeVersions } from './versions.ts';

interface PasswordOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/**
 * A function for the option `password` of `pg` and `postgres`, which they call for each new
 * connection. Connections that are open stay open: databases do not end them when a password changes.
 * It throws a SecretsError before `ready`.
 */
export function databasePassword(
  key = 'DB_PASSWORD',
  { secrets = defaultSecrets() }: PasswordOptions = {},
): () => string {
  const versions = seeVersions(secrets);
  return function password() {
    versions.asked.times += 1;
    const trial = trialOf(secrets);
    const value = trial ? trial.give(key) : likelyValue(versions, key);
    if (typeof value === 'string') return value;
    throw keyMissing(key);
  };
}
