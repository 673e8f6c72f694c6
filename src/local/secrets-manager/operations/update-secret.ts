import * as v from 'valibot';
import { CURRENT, stagesOf } from '../labels.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import * as input from '../validation.ts';
import { writeVersion } from '../versions.ts';
import { requiredToken, requiredValueOf, valueMembers, valueOf } from './secret-value.ts';

const putRequest = v.object({
  ...valueMembers,
  SecretId: input.secretId,
  VersionStages: v.optional(input.list(input.stage, 1, 20)),
  RotationToken: v.optional(input.matching(36, 256, /^[a-zA-Z0-9-]+$/)),
});

export const putSecretValue = operation(putRequest, (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  const version = writeVersion(account, secret, {
    token: requiredToken(members.ClientRequestToken),
    value: requiredValueOf(members),
    stages: members.VersionStages ?? [CURRENT],
  });

  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: stagesOf(secret, version.id),
  };
});

const updateRequest = v.object({
  ...valueMembers,
  SecretId: input.secretId,
  Description: v.optional(input.text(0, 2048)),
  KmsKeyId: v.optional(input.text(0, 2048)),
});

/** Without a value only the description and the key change, and no version is made. */
export const updateSecret = operation(updateRequest, (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  const token = requiredToken(members.ClientRequestToken);
  const value = valueOf(members);
  const version = value && writeVersion(account, secret, { token, value, stages: [CURRENT] });

  secret.description = members.Description ?? secret.description;
  secret.kmsKeyId = members.KmsKeyId ?? secret.kmsKeyId;
  secret.lastChangedDate = account.clock.now();
  return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
});
