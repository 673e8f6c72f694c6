import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../rotation/secret-store.ts';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { describeSecret } from '../described-secret.ts';
import type { Failure } from '../failure.ts';
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
 * makes one version of them. The label leaves what an earlier run left behind. Throws a Failure.
 */
export async function propose(
  client: SecretsManagerClient,
  { secret, value, base }: Wanted,
): Promise<Proposal> {
  const versionId = randomUUID();
  const command = new PutSecretValueCommand({
    SecretId: secret,
    ClientRequestToken: versionId,
    SecretString: value.text,
    SecretBinary: value.binary,
    VersionStages: [labels.proposed],
  });
  try {
    await client.send(command);
  } catch (error) {
    // What the service says of a value it was sent may quote that.
    throw awsFailure(error, { doing: 'Storing the value to be tried', quoting: false, known });
  }
  const lease = leaseFor(versionId);
  const proposal = { secret, versionId, base, lease };
  try {
    await moveLabel(client, secret, { label: lease, to: base });
  } catch (error) {
    await withdraw(client, proposal);
    throw failed(error, `Putting a lease on ${base}`);
  }
  return proposal;
}

/**
 * Makes it current, as long as AWSCURRENT is on its base. An answer that gets lost is no failure: the
 * same is asked again, and the labels tell. Throws a Failure; then AWSCURRENT is not on it.
 */
export async function makeCurrent(
  client: SecretsManagerClient,
  { secret, versionId, base }: Omit<Proposal, 'lease'>,
): Promise<void> {
  try {
    await moveLabel(client, secret, { label: labels.current, from: base, to: versionId });
  } catch (error) {
    const found = await describeSecret(client, secret);
    if (found.versionAt(labels.current) === versionId) return;
    throw failed(error, 'Moving AWSCURRENT');
  }
}

/** Takes both labels off. What could not be taken off harms nobody: the next run does it, or it expires. */
export async function withdraw(client: SecretsManagerClient, proposal: Proposal): Promise<void> {
  const { secret, versionId, base, lease } = proposal;
  const off = (label: string, from: string) =>
    moveLabel(client, secret, { label, from }).catch(() => undefined);
  await off(labels.proposed, versionId);
  await off(lease, base);
}

function failed(error: unknown, doing: string): Failure {
  return awsFailure(error, { doing, known: moved });
}

const changed: Meaning = [
  'CURRENT_CHANGED',
  'Another change of the secret came first, and counts. Look at keyturn status, and run the same command ' +
    'again if it is still wanted.',
];

const moved: Readonly<Record<string, Meaning>> = {
  InvalidParameterException: changed,
  InvalidRequestException: changed,
};

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
