import { createSecrets } from './create-secrets.ts';
import type { Secrets } from './secrets.ts';

/** Secrets of any schema. */
export type AnySecrets = Secrets<object>;

const ofThisProcess: { secrets: AnySecrets | undefined } = { secrets: undefined };

/**
 * The secrets that helpers use where none are named: those given to `useSecrets`, or else the Reminder
 * App's four keys of the secret that KEYTURN_SECRET_ID names. Throws a SecretsError where it does not.
 */
export function defaultSecrets(): AnySecrets {
  ofThisProcess.secrets ??= createSecrets();
  return ofThisProcess.secrets;
}

/** From now on the secrets of this process where none are named. Answers them. */
export function useSecrets<Values extends object>(secrets: Secrets<Values>): Secrets<Values> {
  ofThisProcess.secrets = secrets;
  return secrets;
}

/** All current values; waits for the first read. Throws a SecretsError, and never answers half of them. */
export async function getSecrets(): Promise<Readonly<Record<string, unknown>>> {
  const { snapshot } = await defaultSecrets().ready();
  return snapshot.document;
}

/** The current value of a key as text; undefined where there is none. Throws where nothing can be read. */
export function getSecret(key: string): Promise<string | undefined> {
  return defaultSecrets().getSecret(key);
}
