import { onTestFinished } from 'vitest';
import { type HttpHandler, serveHttp } from '../../src/local/http-server.ts';

/** What AWS clients of these tests are made with, beside the endpoint. */
export const clientConfig = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
} as const;

/** Part of every message a service sends here: nothing of it may come through. */
export const quoted = 'the-service-quotes-a-value';

/** A server for one test; answers its URL. */
export async function serving(handler: HttpHandler): Promise<string> {
  const server = await serveHttp(handler);
  onTestFinished(() => server.close());
  return server.url;
}

/** A service of the JSON protocols that answers everything with one error. */
export const refusingJson = (name: string, status: number): HttpHandler => {
  const body = { __type: name, message: `${quoted}: ${name}`, Message: `${quoted}: ${name}` };
  return () => Response.json(body, { status, headers: { 'x-amzn-errortype': name } });
};

/** A service of the query protocol that answers everything with one error. */
export const refusingXml = (code: string, status: number): HttpHandler => {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${quoted}</Message></Error>`;
  const body = `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`;
  return () => new Response(body, { status, headers: { 'content-type': 'text/xml' } });
};
