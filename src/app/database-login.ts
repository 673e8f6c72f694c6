import { likelyVersion } from './beliefs.ts';
import { keyMissing } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { trialOf } from './trial.ts';
import { seeVersions, valueIn, type Versions } from './versions.ts';

interface LoginKeys {
  /** Default: `DB_USER`. */
  readonly user?: string | undefined;
  /** Default: `DB_PASSWORD`. */
  readonly password?: string | undefined;
}

interface LoginOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/** A user and the password of the same version, to be spread over a driver's options. */
interface DatabaseLogin {
  /** Absent where the version has no such key. */
  readonly user?: string;
  readonly password: string;
}

/**
 * A function to be called for each new connection, where two users take turns and so the name changes
 * with the password. Drivers take a function for the password alone, hence the whole login at once.
 * It throws a SecretsError before `ready`, and where there is no password.
 */
export function databaseLogin(
  keys: LoginKeys = {},
  { secrets: given }: LoginOptions = {},
): () => DatabaseLogin {
  const { user: userKey = 'DB_USER', password: passwordKey = 'DB_PASSWORD' } = keys;
  if (given) seeVersions(given);
  return function login() {
    const secrets = given ?? defaultSecrets();
    const versions = seeVersions(secrets);
    const trial = trialOf(secrets);
    const valueOf = trial ? trial.giveWith(passwordKey) : likeliestWith(versions, passwordKey);
    const [user, password] = [valueOf(userKey), valueOf(passwordKey)];
    if (typeof password !== 'string') throw keyMissing(passwordKey);
    versions.logins.note({ key: passwordKey, value: password, trial });
    if (typeof user !== 'string') return { password };
    versions.logins.note({ key: userKey, value: user, trial });
    return { user, password };
  };
}

/** The values of one version: that whose password was proven, or else the current one. Throws. */
function likeliestWith(versions: Versions, passwordKey: string): (key: string) => unknown {
  const version = likelyVersion(versions, passwordKey);
  return (key) => valueIn(version, key);
}
