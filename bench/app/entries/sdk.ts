import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Open } from '../subject.ts';

/** AWS's client by itself: every read is a call. */
export const open: Open = ({ secretId }) => {
  const client = new SecretsManagerClient({});

  async function documentAt(VersionStage: string): Promise<unknown> {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage });
    const { SecretString = '' } = await client.send(command);
    return JSON.parse(SecretString);
  }
  return {
    read: () => documentAt('AWSCURRENT'),
    readPrevious: () => documentAt('AWSPREVIOUS'),
  };
};
