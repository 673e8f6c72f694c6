import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import { functionNotInvocable, previousRotationIncomplete } from './errors.ts';
import { CURRENT, PENDING, attach, detach, holderOf, renameHolder } from './labels.ts';
import { findLiveSecret } from './lookup.ts';
import type { Secret } from './secret.ts';
import { dropVersion } from './versions.ts';

export interface BeginRotation {
  readonly token: string;
  readonly functionArn: string;
}

/**
 * Puts a secret where RotateSecret puts it, without invoking anything: the token's version is
 * AWSPENDING and has no value. A token that was used before is free again: where its version has
 * become the current one, the current value lives on under another version id.
 */
export function beginRotation(
  account: Account,
  secretId: string,
  { token, functionArn }: BeginRotation,
): void {
  const secret = findLiveSecret(account, secretId);
  if (!account.functions.has(functionArn)) throw functionNotInvocable();
  if (account.rotations.underWay(secret)) throw previousRotationIncomplete();

  const now = account.clock.now();
  freeToken(secret, token, now);
  detach(secret, PENDING, now);
  secret.versions.set(token, { id: token, createdDate: now });
  attach(secret, PENDING, token, now);
  Object.assign(secret.rotation, { enabled: true, functionArn });
}

function freeToken(secret: Secret, token: string, now: Date): void {
  const version = secret.versions.get(token);
  if (version && holderOf(secret, CURRENT) === token) {
    const id = randomUUID();
    secret.versions.set(id, { ...version, id });
    renameHolder(secret, token, id);
  }
  dropVersion(secret, token, now);
}
