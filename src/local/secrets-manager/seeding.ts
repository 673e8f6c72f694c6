import { randomUUID } from 'node:crypto';
import type { KnownSecret } from '../iam/known-resources.ts';
import type { Account } from './account.ts';
import { resourceExists, SecretsManagerError } from './errors.ts';
import { CURRENT, holderOf, stagesOf } from './labels.ts';
import { findByName, findSecret } from './lookup.ts';
import { newSecret } from './operations/create-secret.ts';
import { writeVersion } from './versions.ts';

export interface Seed {
  readonly name: string;
  /** The six characters after the name in the ARN. Random where absent, as AWS's. */
  readonly arnSuffix?: string;
  readonly secretString: string;
  /** The id of the first version; a random UUID where absent. */
  readonly versionId?: string;
  readonly description?: string;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Seeded {
  readonly arn: string;
  readonly versionId: string;
}

export function seed(account: Account, wanted: Seed): Seeded {
  if (findByName(account, wanted.name)) {
    throw resourceExists(`The operation failed because the secret ${wanted.name} already exists.`);
  }

  const secret = newSecret(account, wanted);
  secret.description = wanted.description;
  secret.kmsKeyId = wanted.kmsKeyId;
  for (const [key, value] of Object.entries(wanted.tags ?? {})) secret.tags.set(key, value);
  account.secrets.set(secret.arn, secret);
  const { id } = writeVersion(account, secret, {
    token: wanted.versionId ?? randomUUID(),
    value: { string: wanted.secretString },
    stages: [CURRENT],
  });
  return { arn: secret.arn, versionId: id };
}

export interface InspectedVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdDate: Date;
  /** Absent where the version has no value, or a binary one. */
  readonly secretString: string | undefined;
}

/** What authorising a call needs to know of a secret; `undefined` where the call finds none. */
export function known(account: Account, secretId: string): KnownSecret | undefined {
  try {
    const { arn, rotation, kmsKeyId, resourcePolicy: policy } = findSecret(account, secretId);
    const resourcePolicy: unknown = policy === undefined ? undefined : JSON.parse(policy);
    return { arn, functionArn: rotation.functionArn, kmsKeyArn: kmsKeyId, resourcePolicy };
  } catch (error) {
    // No such secret, or no such name: the operation itself will say so.
    if (error instanceof SecretsManagerError) return undefined;
    throw error;
  }
}

/** The version that has the label now, or `undefined`. */
export function inspect(
  account: Account,
  secretId: string,
  label = CURRENT,
): InspectedVersion | undefined {
  const secret = findSecret(account, secretId);
  const version = secret.versions.get(holderOf(secret, label) ?? '');
  return (
    version && {
      versionId: version.id,
      stages: stagesOf(secret, version.id),
      createdDate: version.createdDate,
      secretString: version.value?.string,
    }
  );
}
