import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import type { BackupDocument } from '../backup/backup-format.ts';
import { describeIfThere } from '../described-secret.ts';
import type { StoredValue } from '../publish/stored-value.ts';

interface Wanted {
  readonly name: string;
  readonly backup: BackupDocument['secret'];
  readonly value: StoredValue;
  readonly kmsKey?: string | undefined;
}

/**
 * Makes the secret with the description, the tags and the key of KMS that it had. An answer that
 * gets lost is looked up by the token. Throws a Failure; never changes a secret that exists.
 */
export async function createAnew(client: SecretsManagerClient, wanted: Wanted) {
  const { name, backup, value, kmsKey = backup.kmsKeyId } = wanted;
  const token = randomUUID();
  const command = new CreateSecretCommand({
    Name: name,
    ClientRequestToken: token,
    SecretString: value.text,
    SecretBinary: value.binary,
    Description: backup.description,
    KmsKeyId: kmsKey,
    Tags: backup.tags.filter(isOwn).map(({ key: Key, value: Value }) => ({ Key, Value })),
  });
  try {
    const { ARN: arn = name } = await client.send(command);
    return { arn, versionId: token };
  } catch (error) {
    const found = await describeIfThere(client, name).catch(() => undefined);
    if (found?.labelsOf.has(token)) return { arn: found.arn, versionId: token };
    throw awsFailure(error, { doing: `Creating the secret ${name}`, quoting: false, known });
  }
}

/** Those of AWS itself cannot be given. */
const isOwn = ({ key }: { readonly key: string }) => !key.startsWith('aws:');

const unusableKey: Meaning = [
  'KMS_KEY_UNUSABLE',
  'The secret cannot be encrypted with the key that it had. Name one of this account and region with ' +
    '--kms-key, or alias/aws/secretsmanager.',
];

const known: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: [
    'ACCESS_DENIED',
    'It takes secretsmanager:CreateSecret and secretsmanager:TagResource on that name, and ' +
      'kms:GenerateDataKey and kms:Decrypt on its key. Another key is named with --kms-key.',
  ],
  DecryptionFailure: unusableKey,
  EncryptionFailure: unusableKey,
  ResourceNotFoundException: unusableKey,
  InvalidRequestException: [
    'SECRET_BEING_DELETED',
    'A secret of that name is probably just being deleted. Run the same command again in a few minutes.',
  ],
  ResourceExistsException: [
    'SECRET_EXISTS',
    'Somebody made a secret of that name just now. Run the same command again without --create.',
  ],
};
