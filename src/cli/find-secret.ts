import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  type RotationRulesType,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from './aws-failure.ts';
import { Failure } from './failure.ts';
import { withSecretsManager } from './secrets-manager.ts';

/** What DescribeSecret tells of a secret: no values. */
export interface DescribedSecret {
  readonly arn: string;
  readonly name: string;
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

/** A secret, and what rotates it. */
export interface FoundSecret extends DescribedSecret {
  readonly functionArn: string;
}

/** Throws a Failure where there is no such secret, it is being deleted, or no function rotates it. */
export async function findSecret(secretId: string): Promise<FoundSecret> {
  const found = await withSecretsManager((client) => describeSecret(client, secretId));
  const { functionArn, name } = found;
  if (found.deletedAt) throw beingDeleted(name);
  if (functionArn) return { ...found, functionArn };
  throw new Failure(
    'ROTATION_NOT_ENABLED',
    `No function rotates ${name}. Deploy Keyturn for it first (docs/deploying.md).`,
  );
}

/** Throws a Failure where there is no such secret. */
export async function describeSecret(
  client: SecretsManagerClient,
  secretId: string,
  signal?: AbortSignal,
): Promise<DescribedSecret> {
  try {
    const command = new DescribeSecretCommand({ SecretId: secretId });
    return described(await client.send(command, signal && { abortSignal: signal }), secretId);
  } catch (error) {
    throw awsFailure(error, { doing: `Describing the secret ${secretId}`, known: notFound });
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

const beingDeleted = (name: string) =>
  new Failure(
    'SECRET_BEING_DELETED',
    `${name} is scheduled for deletion. Take it back first: aws secretsmanager restore-secret --secret-id ${name}`,
  );

const byText = (a: string, b: string) => (a < b ? -1 : 1);

const notFound: Readonly<Record<string, Meaning>> = {
  ResourceNotFoundException: [
    'SECRET_NOT_FOUND',
    'Look at its name, and whether this is the account and the region it is in.',
  ],
};
