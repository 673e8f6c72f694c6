import { RotationError } from '../../rotation/errors.ts';
import type { Call } from '../../rotation/rotator.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import type { AdminOptions } from './connection-options.ts';

/** Reads another secret's current value, with each call anew. Throws `RotationError`. */
export type ReadSecret = (secretId: string, signal: AbortSignal) => Promise<SecretDocument>;

export interface Admin {
  readonly user: string;
  readonly password: string;
}

/**
 * The administrator who changes other users' passwords; `undefined` where none is configured. What
 * is in his secret is withheld from messages. Throws `ADMIN_SECRET_UNUSABLE`.
 */
export async function readAdmin(
  { signal, withhold }: Call,
  { adminSecret, adminUserKey, adminPasswordKey }: AdminOptions,
  readSecret: ReadSecret,
): Promise<Admin | undefined> {
  if (adminSecret === undefined) return undefined;
  const document = await readSecret(adminSecret, signal);
  for (const key of document.keys) if (key !== adminUserKey) withhold(document.get(key));
  const at = (key: string) => {
    const value = document.get(key);
    if (typeof value === 'string' && value !== '') return value;
    throw unusable(adminSecret, key);
  };
  return { user: at(adminUserKey), password: at(adminPasswordKey) };
}

const unusable = (secret: string, key: string) =>
  new RotationError(
    'ADMIN_SECRET_UNUSABLE',
    `The secret ${secret}, whose administrator is to change the password, has no text under ${key}. ` +
      'Correct it, or name its keys in rotation.config.ts (adminUserKey, adminPasswordKey).',
  );

export const adminRejected = ({ adminSecret = '' }: AdminOptions) =>
  new RotationError(
    'ADMIN_REJECTED',
    `The database refuses the administrator in the secret ${adminSecret}. It may be rotating just now, so ` +
      'it is tried again; if it keeps failing, put the password that works into that secret.',
  );
