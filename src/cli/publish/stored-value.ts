import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../../rotation/errors.ts';
import { SecretDocument } from '../../rotation/secret-document.ts';
import { awsFailure, type Meaning } from '../aws-failure.ts';

/** What a version holds, as it was stored: exactly one of the two. */
export interface StoredValue {
  readonly text?: string | undefined;
  readonly binary?: Uint8Array | undefined;
}

export interface StoredVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  readonly createdAt: Date;
  readonly value: StoredValue;
}

interface Wanted {
  readonly secret: string;
  readonly versionId: string;
}

/**
 * Reads one version, byte for byte; `undefined` where a rotation has not stored its value yet.
 * Needs the permission to read values. Throws a Failure.
 */
export async function readStored(
  client: SecretsManagerClient,
  { secret, versionId }: Wanted,
): Promise<StoredVersion | undefined> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secret, VersionId: versionId });
    const { VersionStages, CreatedDate, SecretString, SecretBinary } = await client.send(command);
    return {
      versionId,
      labels: VersionStages ?? [],
      createdAt: CreatedDate ?? new Date(0),
      value: { text: SecretString, binary: SecretBinary },
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw awsFailure(error, { doing: `Reading version ${versionId} of ${secret}`, known });
  }
}

/** The keys of a value; `undefined` where it is no JSON object of keys. */
export function documentOf({ text }: StoredValue): SecretDocument | undefined {
  try {
    return text === undefined ? undefined : SecretDocument.parse(text);
  } catch (error) {
    if (error instanceof RotationError) return undefined;
    throw error;
  }
}

export const sameStored = (one: StoredValue, other: StoredValue): boolean =>
  one.text === other.text &&
  Buffer.compare(one.binary ?? new Uint8Array(), other.binary ?? new Uint8Array()) === 0;

const known: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: [
    'ACCESS_DENIED',
    'It takes secretsmanager:GetSecretValue on the secret, and kms:Decrypt on its key where that is a ' +
      'customer managed one. Look whether this is the account and the region you mean.',
  ],
  InvalidRequestException: [
    'SECRET_BEING_DELETED',
    'Restore it with aws secretsmanager restore-secret, or name another secret.',
  ],
  DecryptionFailure: [
    'KMS_KEY_UNUSABLE',
    'Look whether the key of KMS is enabled, and whether its policy lets you decrypt.',
  ],
};
