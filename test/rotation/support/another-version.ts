import {
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { World } from './world.ts';

/** A version somebody else made, beside the rotation: call it before the rotation begins. */
export async function anotherVersion(
  { client, arn }: World,
  text: string,
  VersionStages = ['SPARE'],
): Promise<string> {
  const { VersionId = '' } = await client.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: text, VersionStages }),
  );
  return VersionId;
}

/** Stores a value as somebody in the console would: it is current at once. */
export async function publish({ client, arn }: World, text: string): Promise<string> {
  const { VersionId = '' } = await client.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: text }),
  );
  return VersionId;
}

/** Moves AWSCURRENT as somebody else would, without a request of the protocol's own. */
export const makeCurrent = (world: World, versionId: string): Promise<void> =>
  putLabel(world, 'AWSCURRENT', versionId);

/** Puts a label on a version by hand, wherever it was. */
export async function putLabel(
  { client, arn, at }: World,
  label: string,
  versionId: string,
): Promise<void> {
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: arn,
      VersionStage: label,
      RemoveFromVersionId: at(label)?.versionId,
      MoveToVersionId: versionId,
    }),
  );
}

export async function takeOff({ client, arn, at }: World, label: string): Promise<void> {
  const request = { SecretId: arn, VersionStage: label };
  await client.send(
    new UpdateSecretVersionStageCommand({ ...request, RemoveFromVersionId: at(label)?.versionId }),
  );
}

/** As createSecret does, without settling first; answers the API token it made. */
export async function storePending(world: World, token: string): Promise<string> {
  const made = await world.api.make();
  const value = { ...world.current(), API_TOKEN: made, DB_PASSWORD: 'pending-password' };
  await world.client.send(
    new PutSecretValueCommand({
      SecretId: world.arn,
      ClientRequestToken: token,
      SecretString: JSON.stringify(value),
      VersionStages: ['AWSPENDING', 'KEYTURN_MADE'],
    }),
  );
  return made;
}
