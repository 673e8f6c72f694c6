import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import type { LocalClock } from '../../../src/local/clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createSqs } from '../../../src/local/sqs/create-sqs.ts';

/** The stand-in with one queue, and the real client talking to it over HTTP, for one test. */
export async function serveSqs(clock: LocalClock) {
  const sqs = createSqs({ clock });
  const server = await serveHttp(createAwsEndpoint([sqs.service]));
  const client = new SQSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  const queue = sqs.createQueue('failed');
  return { sqs, client, queue, url: server.url, queueUrl: `${server.url}/000000000000/failed` };
}
