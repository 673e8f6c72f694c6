import {
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
  type DescribeSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import { labels } from '../../../rotation/secret-store.ts';
import { asking } from '../clients.ts';
import type { SeenSecret } from './secret.ts';

export interface LabelledVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  /** Absent where nobody told. */
  readonly createdAt?: Date | undefined;
}

/** The versions with labels, and when they were made as far as the caller may know that. */
export async function labelledVersions({
  secretId,
  caller,
  description,
}: SeenSecret): Promise<readonly LabelledVersion[]> {
  const dates = await creationDates({ secretId, caller });
  return Object.entries(labelsIn(description)).map(([versionId, found]) => ({
    versionId,
    labels: found,
    createdAt: dates.get(versionId),
  }));
}

const labelsIn = (description: DescribeSecretResponse | undefined) =>
  description?.VersionIdsToStages ?? {};

export const versionAt = (versions: readonly LabelledVersion[], label: string) =>
  versions.find((version) => version.labels.includes(label));

/** AWSCURRENT on an older version than AWSPREVIOUS, though no rollback put it there. */
export function isBackwards(versions: readonly LabelledVersion[]): boolean {
  const [current, previous] = [labels.current, labels.previous].map((label) =>
    versionAt(versions, label),
  );
  if (!current?.createdAt || !previous?.createdAt) return false;
  if (previous.labels.includes(labels.undone)) return false;
  return current.createdAt < previous.createdAt;
}

/** Without the permission to list, they are not known. */
async function creationDates({
  secretId,
  caller,
}: Omit<SeenSecret, 'description'>): Promise<ReadonlyMap<string, Date>> {
  try {
    const { Versions = [] } = await asking(
      (config) => new SecretsManagerClient(config),
      caller,
      (client, abort) =>
        client.send(new ListSecretVersionIdsCommand({ SecretId: secretId }), abort),
    );
    const dated = Versions.map(({ VersionId, CreatedDate }) => [VersionId, CreatedDate] as const);
    return new Map(dated.flatMap(([id, date]) => (id && date ? [[id, date]] : [])));
  } catch {
    return new Map();
  }
}
