import * as v from 'valibot';
import { stagesOf } from '../labels.ts';
import { findSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Rotation, Secret } from '../secret.ts';
import * as input from '../validation.ts';

const request = v.object({ SecretId: input.secretId });

export const describeSecret = operation(request, (account, { SecretId }) => {
  const secret = findSecret(account, SecretId);
  return { ...summaryOf(secret), VersionIdsToStages: labelledVersions(secret) };
});

/** What DescribeSecret and ListSecrets both tell. What a secret has not is left out. */
export function summaryOf(secret: Secret) {
  const { rotation, tags } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation.enabled,
    RotationLambdaARN: rotation.functionArn,
    RotationRules: rulesOf(rotation),
    LastRotatedDate: rotation.lastDate,
    LastChangedDate: secret.lastChangedDate,
    LastAccessedDate: secret.lastAccessedDate,
    DeletedDate: secret.deletionDate,
    NextRotationDate: rotation.nextDate,
    Tags: tags.size > 0 ? [...tags].map(([Key, Value]) => ({ Key, Value })) : undefined,
    CreatedDate: secret.createdDate,
  };
}

/** Every version with a label, those without a value included; `undefined` where there is none. */
export function labelledVersions(secret: Secret): Record<string, string[]> | undefined {
  const labelled = [...secret.versions.keys()]
    .map((id) => [id, stagesOf(secret, id)] as const)
    .filter(([, stages]) => stages.length > 0);
  return labelled.length > 0 ? Object.fromEntries(labelled) : undefined;
}

/** AWS derives the days from a schedule expression once a rotation has succeeded. */
function rulesOf({ rules, lastDate, nextDate }: Rotation) {
  if (!rules?.ScheduleExpression || !lastDate || !nextDate) return rules;
  const days = Math.ceil((nextDate.getTime() - lastDate.getTime()) / 86_400_000);
  return { ...rules, AutomaticallyAfterDays: Math.max(1, days) };
}
