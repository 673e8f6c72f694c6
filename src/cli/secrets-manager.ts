import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The SDK itself would wait for an answer for ever. In ms. */
const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
};

/** Said first where calls do not go to AWS: a shell may still be that of the local stack. */
export const elsewhere = (endpoint = process.env.AWS_ENDPOINT_URL): string =>
  endpoint ? `AWS_ENDPOINT_URL is set: this goes to ${placeIn(endpoint)}, and not to AWS.\n` : '';

/** Not the whole: an address may hold a password. */
function placeIn(endpoint: string): string {
  const { protocol, host } = URL.parse(endpoint) ?? {};
  return host ? `${protocol}//${host}` : 'something that is no address';
}

/**
 * Calls Secrets Manager with the credentials every AWS client would take, and in their region unless
 * another one is said.
 */
export async function withSecretsManager<T>(
  use: (client: SecretsManagerClient) => Promise<T>,
  place: { readonly region?: string } = {},
): Promise<T> {
  const client = new SecretsManagerClient({ maxAttempts: 3, requestHandler, ...place });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
