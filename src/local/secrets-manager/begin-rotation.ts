import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import { functionNotInvocable, previousRotationIncomplete } from './errors.ts';
import { CURRENT, PENDING, attach, detach, holderOf, renameHolder } from './labels.ts';
import { findLiveSecret } from './lookup.ts';
import type { Secret } from './secret.ts';
import { copyCurrent } from './test-rotation.ts';
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
export function beginRotation(account: Account, secretId: string, begin: BeginRotation): void {
  const { token } = begin;
  const { secret, now } = cleared(account, secretId, begin);
  secret.versions.set(token, { id: token, createdDate: now });
  attach(secret, PENDING, token, now);
}

/**
 * Puts a secret where RotateSecret puts it for a test of its rotation, without invoking anything:
 * the token's version is AWSPENDING and a copy of the current one. Answers what takes it away again.
 */
export function beginTest(account: Account, secretId: string, begin: BeginRotation): () => void {
  const { token } = begin;
  const { secret, now } = cleared(account, secretId, begin);
  copyCurrent({ secret, token }, now);
  return () => {
    if (holderOf(secret, CURRENT) !== token) dropVersion(secret, token, account.clock.now());
  };
}

/** The secret with rotation turned on, with the token free and AWSPENDING nowhere. */
function cleared(account: Account, secretId: string, { token, functionArn }: BeginRotation) {
  const secret = findLiveSecret(account, secretId);
  if (!account.functions.has(functionArn)) throw functionNotInvocable();
  if (account.rotations.underWay(secret)) throw previousRotationIncomplete();

  const now = account.clock.now();
  freeToken(secret, token, now);
  detach(secret, PENDING, now);
  Object.assign(secret.rotation, { enabled: true, functionArn });
  return { secret, now };
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
