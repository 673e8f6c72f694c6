import { keyMissing } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { trialOf } from './trial.ts';
import { likeliestBut } from './unrefused-value.ts';
import { seeVersions } from './versions.ts';

interface PasswordOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/**
 * A function for the option `password` of `pg` and `postgres`, which they call for each new
 * connection. Connections that are open stay open: databases do not end them when a password changes.
 * Which secrets are those of the process is found out with each connection. It throws a SecretsError
 * before `ready`.
 */
export function databasePassword(
  key = 'DB_PASSWORD',
  { secrets: given }: PasswordOptions = {},
): () => string {
  if (given) seeVersions(given);
  return function password() {
    const secrets = given ?? defaultSecrets();
    const versions = seeVersions(secrets);
    const { logins, pending } = versions;
    const trial = trialOf(secrets);
    const value = trial
      ? trial.give(key)
      : likeliestBut(logins.refusals(key), versions, { key, others: [pending.known] });
    if (typeof value !== 'string') throw keyMissing(key);
    logins.note({ key, value, trial });
    return value;
  };
}
