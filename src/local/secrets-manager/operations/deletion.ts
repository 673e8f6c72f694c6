import * as v from 'valibot';
import type { Account } from '../account.ts';
import { invalidParameter, SecretsManagerError } from '../errors.ts';
import { findLiveSecret, findSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret } from '../secret.ts';
import * as input from '../validation.ts';

const day = 86_400_000;

const deleteRequest = v.object({
  SecretId: input.secretId,
  RecoveryWindowInDays: v.optional(v.number()),
  ForceDeleteWithoutRecovery: v.optional(v.boolean(), false),
});

export const deleteSecret = operation(deleteRequest, (account, members) => {
  const { SecretId, RecoveryWindowInDays: days = 30, ForceDeleteWithoutRecovery: force } = members;
  if (force && members.RecoveryWindowInDays !== undefined) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (!Number.isInteger(days) || days < 7 || days > 30) {
    throw invalidParameter(
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
  }

  return force ? deleteNow(account, SecretId) : scheduleDeletion(account, SecretId, days);
});

/** Succeeds for a secret that does not exist, too. */
function deleteNow(account: Account, secretId: string) {
  const DeletionDate = account.clock.now();
  const secret = findOrNone(account, secretId);
  if (!secret) return { ARN: secretId, Name: secretId, DeletionDate };

  halt(account, secret);
  purge(account, secret);
  return { ARN: secret.arn, Name: secret.name, DeletionDate };
}

function scheduleDeletion(account: Account, secretId: string, days: number) {
  const secret = findLiveSecret(account, secretId);
  const DeletionDate = new Date(account.clock.now().getTime() + days * day);

  halt(account, secret);
  secret.deletionDate = DeletionDate;
  account.purges.set(secret.arn, DeletionDate, () => purge(account, secret));
  return { ARN: secret.arn, Name: secret.name, DeletionDate };
}

const restoreRequest = v.object({ SecretId: input.secretId });

export const restoreSecret = operation(restoreRequest, (account, { SecretId }) => {
  const secret = findSecret(account, SecretId);
  account.purges.clear(secret.arn);
  secret.deletionDate = undefined;
  account.timetable.arm(secret, account.clock.now());
  return { ARN: secret.arn, Name: secret.name };
});

function halt(account: Account, secret: Secret): void {
  account.rotations.stop(secret);
  account.timetable.disarm(secret);
}

function purge(account: Account, secret: Secret): void {
  account.purges.clear(secret.arn);
  account.secrets.delete(secret.arn);
}

function findOrNone(account: Account, secretId: string): Secret | undefined {
  try {
    return findSecret(account, secretId);
  } catch (error) {
    if (error instanceof SecretsManagerError && error.type === 'ResourceNotFoundException')
      return undefined;
    throw error;
  }
}
