import { RotationError } from './errors.ts';
import { note, type Invocation } from './rotation.ts';
import { hasLabel, labels, type SecretDescription, type SecretVersion } from './secret-store.ts';

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
  try {
    return await invocation.secret.read({ versionId });
  } catch (error) {
    if (!(error instanceof RotationError) || !unreadable.has(error.code)) throw error;
    note(invocation, 'nothing-owed', 'The superseded version is no JSON object: left as it is.');
    return undefined;
  }
}

const unreadable: ReadonlySet<string> = new Set(['SECRET_NOT_JSON_OBJECT', 'SECRET_DUPLICATE_KEY']);
