import { createSecrets } from './create-secrets.ts';
import { type AnySecrets, chosenSecrets, useSecrets } from './process-secrets.ts';

/**
 * The secrets that helpers use where none are named: those given to `useSecrets` or loaded by
 * `loadSettings`, or else the only ones that `createSecrets` made, or else the Reminder App's four keys
 * of the secret that KEYTURN_SECRET_ID names. Throws a SecretsError where it does not, and a TypeError
 * where several were made and none chosen.
 */
export const defaultSecrets = (): AnySecrets => chosenSecrets() ?? useSecrets(createSecrets());

/** All current values; waits for the first read. Throws a SecretsError, and never answers half of them. */
export async function getSecrets(): Promise<Readonly<Record<string, unknown>>> {
  const { snapshot } = await defaultSecrets().ready();
  return snapshot.document;
}

/** The current value of a key as text; undefined where there is none. Throws where nothing can be read. */
export const getSecret = async (key: string): Promise<string | undefined> =>
  defaultSecrets().getSecret(key);
