import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import type { AdminOptions } from './connection-options.ts';
import { isSameSecret, shownSecret } from './secret-id.ts';

/** Reads another secret's current value, with each call anew. Throws `RotationError`. */
export type ReadSecret = (secretId: string, signal: AbortSignal) => Promise<SecretDocument>;

export interface Admin {
  readonly user: string;
  readonly password: string;
}

/**
 * The administrator who changes other users' passwords; `undefined` where none is configured. What
 * is in his secret is withheld from messages. Throws `ADMIN_SECRET_UNUSABLE`, also where the
 * credential says that another secret is his.
 */
export async function readAdmin(
  { signal, withhold, credential }: Call & { readonly credential: Credential },
  options: AdminOptions,
  readSecret: ReadSecret,
): Promise<Admin | undefined> {
  const { adminSecret, adminUserKey, adminPasswordKey } = options;
  if (adminSecret === undefined) return undefined;
  assertNamed(adminSecret, options, credential);
  const document = await readSecret(adminSecret, signal);
  const told = (key: string) => key === adminUserKey || placeKeysOfAws.has(key);
  const withheld = document.keys.filter((key) => key === adminPasswordKey || !told(key));
  for (const key of withheld) withhold(document.get(key));
  const at = (key: string) => {
    const value = document.get(key);
    if (typeof value === 'string' && value !== '') return value;
    throw unusable(adminSecret, key);
  };
  return { user: at(adminUserKey), password: at(adminPasswordKey) };
}

/** What AWS's own secrets hold beside a credential: messages must be able to name the host. */
const placeKeysOfAws: ReadonlySet<string> = new Set([
  'engine',
  'host',
  'port',
  'dbname',
  'ssl',
  'dbInstanceIdentifier',
  'dbClusterIdentifier',
  'masterarn',
]);

/** The functions may read the one secret that is configured, whatever the credential names. */
function assertNamed(
  adminSecret: string,
  { adminSecretKey }: AdminOptions,
  credential: Credential,
): void {
  const named = adminSecretKey === undefined ? undefined : credential[adminSecretKey];
  if (adminSecretKey === undefined || named === undefined) return;
  if (typeof named === 'string' && isSameSecret(named, adminSecret)) return;
  throw new RotationError(
    'ADMIN_SECRET_UNUSABLE',
    `The key ${adminSecretKey} names another secret of an administrator than ${shownSecret(adminSecret)}, which is ` +
      'configured as adminSecret and the only one that may be read. Correct one of the two.',
    { key: adminSecretKey },
  );
}

const unusable = (secret: string, key: string) =>
  new RotationError(
    'ADMIN_SECRET_UNUSABLE',
    `The secret ${shownSecret(secret)}, whose administrator is to change the password, has no text under ${key}. ` +
      'Correct it, or name its keys in rotation.config.ts (adminUserKey, adminPasswordKey).',
  );

export const adminRejected = ({ adminSecret = '' }: AdminOptions) =>
  new RotationError(
    'ADMIN_REJECTED',
    `The database refuses the administrator in the secret ${shownSecret(adminSecret)}. It may be rotating just now, so ` +
      'it is tried again; if it keeps failing, put the password that works into that secret.',
  );
