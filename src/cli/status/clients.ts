import { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { withSecretsManager } from '../secrets-manager.ts';

interface Clients {
  readonly secretsManager: SecretsManagerClient;
  readonly lambda: LambdaClient;
}

/** The SDK itself would wait for an answer for ever. In ms. */
const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
};

/** One of each for all looks, so that credentials are not looked up anew for each. */
export async function withClients<T>(use: (clients: Clients) => Promise<T>): Promise<T> {
  const lambda = new LambdaClient({ maxAttempts: 3, requestHandler });
  try {
    return await withSecretsManager((secretsManager) => use({ secretsManager, lambda }));
  } finally {
    lambda.destroy();
  }
}
