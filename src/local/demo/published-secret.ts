import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';

const reminderApp = v.object({
  SECRET_KEY: v.string(),
  SECRET_KEY_FALLBACKS: v.optional(v.array(v.string()), []),
  DB_PASSWORD: v.string(),
  TWILIO_ACCOUNT_SID: v.string(),
  TWILIO_AUTH_TOKEN: v.string(),
});

export type PublishedSecret = v.InferOutput<typeof reminderApp>;

/** What the Reminder App reads: the secret under a label, fetched anew each time. */
export type ReadSecret = (label?: 'AWSCURRENT' | 'AWSPREVIOUS') => Promise<PublishedSecret>;

export const secretReader =
  (client: SecretsManagerClient, secretId: string): ReadSecret =>
  async (label = 'AWSCURRENT') => {
    const input = { SecretId: secretId, VersionStage: label };
    const { SecretString } = await client.send(new GetSecretValueCommand(input));
    return v.parse(reminderApp, JSON.parse(SecretString ?? ''));
  };
