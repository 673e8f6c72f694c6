import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';

const document = v.record(v.string(), v.unknown());

/** The current version's document, fetched anew each time. */
export type ReadSecret = () => Promise<v.InferOutput<typeof document>>;

export const secretReader =
  (client: SecretsManagerClient, secretId: string): ReadSecret =>
  async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return v.parse(document, JSON.parse(SecretString ?? ''));
  };
