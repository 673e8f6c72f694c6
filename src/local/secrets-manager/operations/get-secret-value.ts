import * as v from 'valibot';
import type { Account } from '../account.ts';
import { invalidRequest, valueNotFound } from '../errors.ts';
import { CURRENT, holderOf, stagesOf } from '../labels.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret, Version } from '../secret.ts';
import * as input from '../validation.ts';

const request = v.object({
  SecretId: input.secretId,
  VersionId: v.optional(input.versionId),
  VersionStage: v.optional(input.stage),
});

export const getSecretValue = operation(request, (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  if (members.VersionId === undefined) return readLabel(account, secret, members.VersionStage);
  return readVersion(account, secret, {
    id: members.VersionId,
    label: members.VersionStage,
  });
});

/** A read by label alone, which may lag behind the label's last move. */
export function readLabel(account: Account, secret: Secret, label = CURRENT): object {
  const { labelReadLagMs } = account.behaviour;
  const seenAt = labelReadLagMs > 0 ? account.clock.now().getTime() - labelReadLagMs : Infinity;
  const version = secret.versions.get(holderOf(secret, label, seenAt) ?? '');
  if (!version?.value) throw valueNotFound(`staging label: ${label}`);
  return answer(account, secret, { version, stages: stagesOf(secret, version.id, seenAt) });
}

function readVersion(
  account: Account,
  secret: Secret,
  { id, label }: { id: string; label: string | undefined },
): object {
  const version = secret.versions.get(id);
  if (!version) throw valueNotFound(`VersionId: ${id}`);

  const stages = stagesOf(secret, id);
  if (label !== undefined && !stages.includes(label)) {
    throw invalidRequest(
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  if (!version.value) throw valueNotFound(`VersionId: ${id}`);
  return answer(account, secret, { version, stages });
}

function answer(
  account: Account,
  secret: Secret,
  { version, stages }: { version: Version; stages: string[] },
): object {
  // AWS tells the day of the last access, not the time.
  const today = new Date(account.clock.now().toISOString().slice(0, 10));
  secret.lastAccessedDate = today;
  version.lastAccessedDate = today;

  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.value?.string,
    SecretBinary: version.value?.binary,
    VersionStages: stages.length > 0 ? stages : undefined,
    CreatedDate: version.createdDate,
  };
}
