import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from './aws-failure.ts';
import { Failure } from './failure.ts';
import { withSecretsManager } from './secrets-manager.ts';

/** A secret, and what rotates it. */
export interface FoundSecret {
  readonly arn: string;
  readonly name: string;
  readonly functionArn: string;
  /** The version a label is on. */
  readonly versionAt: (label: string) => string | undefined;
}

/** Throws a Failure where there is no such secret, or no function rotates it. */
export async function findSecret(secretId: string): Promise<FoundSecret> {
  const found = await describe(secretId);
  const { ARN: arn = secretId, Name: name = secretId, VersionIdsToStages: stages = {} } = found;
  if (!found.RotationLambdaARN) {
    throw new Failure(
      'ROTATION_NOT_ENABLED',
      `No function rotates ${name}. Deploy Keyturn for it first (docs/deploying.md).`,
    );
  }
  const versionAt = (label: string) =>
    Object.keys(stages).find((versionId) => stages[versionId]?.includes(label));
  return { arn, name, functionArn: found.RotationLambdaARN, versionAt };
}

async function describe(secretId: string) {
  try {
    return await withSecretsManager((client) =>
      client.send(new DescribeSecretCommand({ SecretId: secretId })),
    );
  } catch (error) {
    throw awsFailure(error, { doing: `Describing the secret ${secretId}`, known: notFound });
  }
}

const notFound: Readonly<Record<string, Meaning>> = {
  ResourceNotFoundException: [
    'SECRET_NOT_FOUND',
    'Look at its name, and whether this is the account and the region it is in.',
  ],
};
