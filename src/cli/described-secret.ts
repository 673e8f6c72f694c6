import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  type RotationRulesType,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsFailure } from './aws-failure.ts';
import { Failure } from './failure.ts';

/** What DescribeSecret tells of a secret: no values. */
export interface DescribedSecret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Absent where it is encrypted with `aws/secretsmanager`. */
  readonly kmsKeyId: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** What rotates it; absent where nothing does. */
  readonly functionArn: string | undefined;
  readonly rotationEnabled: boolean;
  readonly rules: RotationRulesType | undefined;
  readonly lastRotatedAt: Date | undefined;
  /** The latest time of the next rotation; absent where rotation is switched off. */
  readonly nextRotationAt: Date | undefined;
  /** When anything of it was changed last, labels and values included. */
  readonly lastChangedAt: Date | undefined;
  /** When it will be gone; absent where it stays. */
  readonly deletedAt: Date | undefined;
  /** Labelled versions only. */
  readonly labelsOf: ReadonlyMap<string, readonly string[]>;
  /** The version a label is on. */
  readonly versionAt: (label: string) => string | undefined;
}

/** Throws a Failure, also where there is no such secret. */
export async function describeSecret(
  client: SecretsManagerClient,
  secretId: string,
  signal?: AbortSignal,
): Promise<DescribedSecret> {
  const found = await describeIfThere(client, secretId, signal);
  if (found) return found;
  throw new Failure(
    'SECRET_NOT_FOUND',
    `There is no secret ${secretId}. Look at its name, and whether this is the account and the region it is in.`,
  );
}

/** Answers `undefined` where there is no such secret. Throws a Failure. */
export async function describeIfThere(
  client: SecretsManagerClient,
  secretId: string,
  signal?: AbortSignal,
): Promise<DescribedSecret | undefined> {
  try {
    const command = new DescribeSecretCommand({ SecretId: secretId });
    return described(await client.send(command, signal && { abortSignal: signal }), secretId);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw awsFailure(error, { doing: `Describing the secret ${secretId}` });
  }
}

function described(found: DescribeSecretResponse, secretId: string): DescribedSecret {
  // Secrets Manager tells them in no order.
  const labelsOf = new Map(
    Object.entries(found.VersionIdsToStages ?? {})
      .map(([versionId, labels]) => [versionId, labels.toSorted(byText)] as const)
      .toSorted(([a], [b]) => byText(a, b)),
  );
  return {
    arn: found.ARN ?? secretId,
    name: found.Name ?? secretId,
    description: found.Description,
    kmsKeyId: found.KmsKeyId,
    tags: (found.Tags ?? []).map(({ Key: key = '', Value: value = '' }) => ({ key, value })),
    functionArn: found.RotationLambdaARN || undefined,
    rotationEnabled: found.RotationEnabled ?? false,
    rules: found.RotationRules,
    lastRotatedAt: found.LastRotatedDate,
    nextRotationAt: found.NextRotationDate,
    lastChangedAt: found.LastChangedDate,
    deletedAt: found.DeletedDate,
    labelsOf,
    versionAt: (label) => [...labelsOf].find(([, labels]) => labels.includes(label))?.[0],
  };
}

/** The version of a rotation that is not over: AWSPENDING may stay on the current one afterwards. */
export function pendingOf({ versionAt }: Pick<DescribedSecret, 'versionAt'>): string | undefined {
  const pending = versionAt('AWSPENDING');
  return pending === versionAt('AWSCURRENT') ? undefined : pending;
}

const byText = (a: string, b: string) => (a < b ? -1 : 1);
