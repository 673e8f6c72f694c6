import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describeSecret, type DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
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
    const before = await describeSecret(client, wanted.secret);
    const versions = await readAll(client, before, wanted);
    const after = await describeSecret(client, wanted.secret);
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
  [...labelsOf].map((labelled) => JSON.stringify(labelled)).join();

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

function about(secret: DescribedSecret): Omit<BackedUp['secret'], 'region'> {
  const { name, arn, description, kmsKeyId, tags } = secret;
  return { name, arn, description, kmsKeyId, tags: [...tags], rotation: rotationOf(secret) };
}

const rotationOf = ({ rotationEnabled, functionArn, rules }: DescribedSecret) => ({
  enabled: rotationEnabled,
  functionArn,
  everyDays: rules?.AutomaticallyAfterDays,
  schedule: rules?.ScheduleExpression,
  duration: rules?.Duration,
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
