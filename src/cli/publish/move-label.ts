import {
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

interface Move {
  readonly label: string;
  readonly from?: string;
  readonly to?: string;
}

/** Puts a label on a version, or takes it off one, as long as it is where it is said to be. */
export async function moveLabel(
  client: SecretsManagerClient,
  secret: string,
  { label, from, to }: Move,
): Promise<void> {
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secret,
      VersionStage: label,
      RemoveFromVersionId: from,
      MoveToVersionId: to,
    }),
  );
}
