import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, Failure } from './failure.ts';

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
  const client = new SecretsManagerClient({});
  try {
    return await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  } catch (error) {
    throw awsFailure(error, `Describing the secret ${secretId}`);
  } finally {
    client.destroy();
  }
}
