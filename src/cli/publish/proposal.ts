import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../rotation/secret-store.ts';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { leaseFor } from './leftovers.ts';
import { moveLabel } from './move-label.ts';
import type { StoredValue } from './stored-value.ts';

/** A value that is stored beside AWSCURRENT, under the label KEYTURN_PROPOSED. */
export interface Proposal {
  readonly secret: string;
  readonly versionId: string;
  /** The version that is current, and that a lease keeps the end of a grace away from. */
  readonly base: string;
  readonly lease: string;
}

interface Wanted {
  readonly secret: string;
  readonly value: StoredValue;
  readonly base: string;
}

/**
 * Stores a value so that it can be tried; AWSCURRENT stays where it is. One token for all attempts
 * makes one version of them. The label leaves what an earlier run left behind. Throws a Failure, and
 * takes off what may be there although the answer got lost.
 */
export async function propose(
  client: SecretsManagerClient,
  { secret, value, base }: Wanted,
): Promise<Proposal> {
  const versionId = randomUUID();
  const proposal = { secret, versionId, base, lease: leaseFor(versionId) };
  try {
    await store(client, proposal, value);
    await putLease(client, proposal);
  } catch (error) {
    await withdraw(client, proposal);
    throw error;
  }
  return proposal;
}

async function store(
  client: SecretsManagerClient,
  { secret, versionId }: Proposal,
  { text, binary }: StoredValue,
): Promise<void> {
  const command = new PutSecretValueCommand({
    SecretId: secret,
    ClientRequestToken: versionId,
    SecretString: text,
    SecretBinary: binary,
    VersionStages: [labels.proposed],
  });
  try {
    await client.send(command);
  } catch (error) {
    // What the service says of a value it was sent may quote that.
    throw awsFailure(error, { doing: 'Storing the value to be tried', quoting: false, known });
  }
}

async function putLease(
  client: SecretsManagerClient,
  { secret, base, lease }: Proposal,
): Promise<void> {
  try {
    await moveLabel(client, secret, { label: lease, to: base });
  } catch (error) {
    throw awsFailure(error, { doing: `Putting a lease on ${base}`, known });
  }
}

/** Takes both labels off. One that could not be taken off the next run takes, and the lease expires. */
export async function withdraw(client: SecretsManagerClient, proposal: Proposal): Promise<void> {
  const { secret, versionId, base, lease } = proposal;
  const off = (label: string, from: string) =>
    moveLabel(client, secret, { label, from }).catch(() => undefined);
  await off(labels.proposed, versionId);
  await off(lease, base);
}

const known: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: [
    'ACCESS_DENIED',
    'It takes secretsmanager:PutSecretValue and secretsmanager:UpdateSecretVersionStage on the secret, ' +
      'and kms:GenerateDataKey on its key where that is a customer managed one.',
  ],
  EncryptionFailure: [
    'KMS_KEY_UNUSABLE',
    'Look whether the key of KMS is enabled, and whether its policy lets you use it.',
  ],
  LimitExceededException: [
    'LimitExceededException',
    'The secret has as many versions as it may. Those without a label go after a day: wait that long.',
  ],
};
