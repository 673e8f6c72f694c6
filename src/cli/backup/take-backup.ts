import type { DescribeSecretResponse, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Failure } from '../failure.ts';
import { missing } from '../publish/current-value.ts';
import { describeSecret, type DescribedSecret } from '../publish/described-secret.ts';
import { readStored, type StoredVersion } from '../publish/stored-value.ts';
import type { BackedUp, BackedUpVersion } from './backup-format.ts';

interface Wanted {
  /** A name or an ARN. */
  readonly secret: string;
  readonly currentOnly: boolean;
}

/** How often the labels may move while the values are read. */
const attempts = 3;

/**
 * Reads a secret with the values of all its labelled versions, as they were at one moment: where a
 * label moves meanwhile it reads again. Throws a Failure.
 */
export async function takeBackup(client: SecretsManagerClient, wanted: Wanted): Promise<BackedUp> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = await describe(client, wanted.secret);
    const versions = await readAll(client, before, wanted);
    const after = await describe(client, wanted.secret);
    if (!isSame(before, after)) continue;
    if (versions.length === 0) throw nothingThere(before.name);
    return {
      createdAt: new Date().toISOString(),
      secret: { ...about(after), region: await client.config.region() },
      versions: versions.map(backedUp),
    };
  }
  throw moving(wanted.secret);
}

async function describe(client: SecretsManagerClient, secretId: string): Promise<DescribedSecret> {
  const found = await describeSecret(client, secretId);
  if (found) return found;
  throw missing(secretId);
}

/** A version that a rotation has begun and not filled holds nothing yet. */
async function readAll(
  client: SecretsManagerClient,
  { arn, labelsOf }: DescribedSecret,
  { currentOnly }: Wanted,
): Promise<readonly StoredVersion[]> {
  const wanted = [...labelsOf].filter(
    ([, labels]) => !currentOnly || labels.includes('AWSCURRENT'),
  );
  const read = wanted.map(async ([versionId, labels]) => {
    const stored = await readStored(client, { secret: arn, versionId });
    return stored && { ...stored, labels };
  });
  return (await Promise.all(read)).filter((version) => version !== undefined);
}

const isSame = (before: DescribedSecret, after: DescribedSecret) =>
  before.arn === after.arn && labelsIn(before) === labelsIn(after);

const labelsIn = ({ labelsOf }: DescribedSecret) =>
  [...labelsOf]
    .map(([id, labels]) => JSON.stringify([id, labels.toSorted()]))
    .toSorted()
    .join();

function backedUp({ versionId, labels, createdAt, value }: StoredVersion): BackedUpVersion {
  const { text, binary } = value;
  return {
    versionId,
    labels: [...labels],
    createdAt: createdAt.toISOString(),
    ...(text !== undefined && { text }),
    ...(binary !== undefined && { base64: Buffer.from(binary).toString('base64') }),
  };
}

function about({ arn, name, described }: DescribedSecret): Omit<BackedUp['secret'], 'region'> {
  return {
    name,
    arn,
    description: described.Description,
    kmsKeyId: described.KmsKeyId,
    tags: (described.Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
    rotation: rotationOf(described),
  };
}

const rotationOf = ({
  RotationEnabled,
  RotationLambdaARN,
  RotationRules,
}: DescribeSecretResponse) => ({
  enabled: RotationEnabled ?? false,
  functionArn: RotationLambdaARN,
  everyDays: RotationRules?.AutomaticallyAfterDays,
  schedule: RotationRules?.ScheduleExpression,
  duration: RotationRules?.Duration,
});

const nothingThere = (name: string) =>
  new Failure(
    'NO_CURRENT_VERSION',
    `${name} has no value that could be backed up. Store one first.`,
  );

const moving = (secretId: string) =>
  new Failure(
    'ROTATION_IN_PROGRESS',
    `The labels of ${secretId} keep moving: it is just being rotated. Nothing was written. Wait for the ` +
      'end of that, and run the same command again.',
  );
