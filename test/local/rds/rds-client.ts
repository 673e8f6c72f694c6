import { RDSClient } from '@aws-sdk/client-rds';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import type { Rds } from '../../../src/local/rds/create-rds.ts';

/** The real client, talking to the stand-in over HTTP. */
export async function serveRds(rds: Rds) {
  const server = await serveHttp(createAwsEndpoint([rds.service]));
  const client = new RDSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    client,
    url: server.url,
    async close() {
      client.destroy();
      await server.close();
      await rds.close();
    },
  };
}
