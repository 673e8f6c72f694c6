import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { patient } from '../clients.ts';

/**
 * Where a client would send its requests, by every variable, profile and rule that the SDK knows.
 * Nothing is sent. Throws where the address cannot be one.
 */
export async function endpointUrl(region: string): Promise<URL> {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const client = new SecretsManagerClient({ ...patient, region, credentials });
  const addresses: unknown[] = [];
  client.middlewareStack.add(
    () =>
      async ({ request }) => {
        addresses.push(request);
        return { response: undefined, output: { $metadata: {} } };
      },
    { step: 'build', name: 'onlyTheAddress' },
  );
  try {
    await client.send(new DescribeSecretCommand({ SecretId: 'none' }));
  } finally {
    client.destroy();
  }
  return urlOf(addresses[0]);
}

function urlOf(request: unknown): URL {
  const { protocol, hostname, port, path } = Object(request);
  const at = typeof port === 'number' ? `${hostname}:${port}` : String(hostname);
  return new URL(`${protocol}//${at}${path}`);
}
