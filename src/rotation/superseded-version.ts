import { RotationError } from './errors.ts';
import { note, type Invocation } from './rotation.ts';
import {
  hasLabel,
  labels,
  type SecretDescription,
  type SecretStore,
  type SecretVersion,
} from './secret-store.ts';

/**
 * The version whose credentials may still be owed their end; `undefined` when the receipt is on it,
 * it is gone, or it is no JSON object and so names no credential that could be revoked.
 */
export async function readSuperseded(
  invocation: Invocation,
  description: SecretDescription,
  versionId: string | undefined,
): Promise<SecretVersion | undefined> {
  if (!versionId || hasLabel(description, versionId, labels.retired)) return undefined;
  const version = await readIfObject(invocation.secret, { versionId });
  if (version !== 'no-object') return version;
  note(invocation, 'nothing-owed', 'The superseded version is no JSON object: left as it is.');
  return undefined;
}

/** Reads a version that somebody may have stored as something else than an object of keys. */
export async function readIfObject(
  secret: SecretStore,
  at: Parameters<SecretStore['read']>[0],
): Promise<SecretVersion | 'no-object' | undefined> {
  try {
    return await secret.read(at);
  } catch (error) {
    if (error instanceof RotationError && unreadable.has(error.code)) return 'no-object';
    throw error;
  }
}

const unreadable: ReadonlySet<string> = new Set(['SECRET_NOT_JSON_OBJECT', 'SECRET_DUPLICATE_KEY']);
