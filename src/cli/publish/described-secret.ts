import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsFailure } from '../aws-failure.ts';
import { Failure } from '../failure.ts';

/** A secret without its values. */
export interface DescribedSecret {
  readonly arn: string;
  readonly name: string;
  /** Absent where nothing rotates it. */
  readonly functionArn: string | undefined;
  /** When it goes for good; absent where nobody deleted it. */
  readonly deletedAt: Date | undefined;
  readonly labelsOf: ReadonlyMap<string, readonly string[]>;
  readonly described: DescribeSecretResponse;
}

/** Answers `undefined` where there is no such secret. Throws a Failure. */
export async function describeSecret(
  client: SecretsManagerClient,
  secretId: string,
): Promise<DescribedSecret | undefined> {
  try {
    const described = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
    return {
      arn: described.ARN ?? secretId,
      name: described.Name ?? secretId,
      functionArn: described.RotationLambdaARN,
      deletedAt: described.DeletedDate,
      labelsOf: new Map(Object.entries(described.VersionIdsToStages ?? {})),
      described,
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw awsFailure(error, { doing: `Describing the secret ${secretId}` });
  }
}

/** The version a label is on. */
export const versionAt = ({ labelsOf }: DescribedSecret, label: string): string | undefined =>
  [...labelsOf].find(([, labels]) => labels.includes(label))?.[0];

/** Throws where a version stored now would abandon a rotation that has begun. */
export function assertNotRotating(secret: DescribedSecret): void {
  const pending = versionAt(secret, 'AWSPENDING');
  if (pending === undefined || pending === versionAt(secret, 'AWSCURRENT')) return;
  throw new Failure(
    'ROTATION_IN_PROGRESS',
    `A rotation of ${secret.name} has begun and is not done (AWSPENDING is on ${pending}). A value stored ` +
      `now would abandon it. Wait for its end, or run keyturn repair ${secret.name} first.`,
  );
}
