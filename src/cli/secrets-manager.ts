import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The SDK itself would wait for an answer for ever. In ms. */
const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
};

/** Said first where calls do not go to AWS: a shell may still be that of the local stack. */
export const elsewhere = (endpoint = process.env.AWS_ENDPOINT_URL): string =>
  endpoint ? `AWS_ENDPOINT_URL is set: this goes to ${endpoint}, and not to AWS.\n` : '';

/** Calls Secrets Manager, in the region and with the credentials every AWS client would take. */
export async function withSecretsManager<T>(
  use: (client: SecretsManagerClient) => Promise<T>,
): Promise<T> {
  const client = new SecretsManagerClient({ maxAttempts: 3, requestHandler });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
