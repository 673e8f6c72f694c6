import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createAwsEndpoint, signedService } from '../../src/local/aws-endpoint.ts';
import type { AwsService } from '../../src/local/aws-service.ts';
import { type HttpServer, PortInUseError, serveHttp } from '../../src/local/http-server.ts';

const url = 'http://localhost/';
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

async function silent() {
  return undefined;
}
async function rds(incoming: Request) {
  return signedService(incoming) === 'rds' ? new Response('rds') : undefined;
}

const looking: AwsService = async (incoming) => void (await incoming.clone().text());
const reading: AwsService = async (incoming) => new Response(await incoming.text());

const servers: HttpServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function served(...parameters: Parameters<typeof serveHttp>): Promise<HttpServer> {
  const server = await serveHttp(...parameters);
  servers.push(server);
  return server;
}

test('asks each service in turn', async () => {
  const endpoint = createAwsEndpoint([silent, rds]);

  const response = await endpoint(new Request(url, { method: 'POST', headers: signedFor('rds') }));

  expect(await response.text()).toBe('rds');
});

test('names the services there are when none answers', async () => {
  const endpoint = createAwsEndpoint([rds, silent]);

  const response = await endpoint(new Request(url, { method: 'POST', headers: signedFor('sqs') }));

  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    __type: 'UnknownServiceException',
    message: 'No local service answers this (sqs). There are: rds, silent.',
  });
});

test.each(['', '_keyturn/health'])('answers GET /%s when it is ready', async (path) => {
  const response = await createAwsEndpoint([rds])(new Request(url + path));

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok', services: ['rds'] });
});

test('tells the test what a service threw, and the client only that it did', async () => {
  const errors: unknown[] = [];
  const failure = new Error('secret-part');
  const failing: AwsService = () => Promise.reject(failure);
  const endpoint = createAwsEndpoint([failing], { onError: (error) => errors.push(error) });

  const response = await endpoint(new Request(url, { method: 'POST' }));

  expect(response.status).toBe(500);
  expect(response.headers.get('x-amzn-errortype')).toBe('InternalFailure');
  expect(await response.text()).not.toContain('secret-part');
  expect(errors).toEqual([failure]);
});

test('lets a service that is asked later read the body that an earlier one looked at', async () => {
  const { url: base } = await served(createAwsEndpoint([looking, reading]));

  const response = await fetch(base, { method: 'POST', body: 'content' });

  expect(await response.text()).toBe('content');
});

test('says which port is in use and what to do', async () => {
  const { port } = await served(() => new Response());

  const second = serveHttp(() => new Response(), { port });

  await expect(second).rejects.toBeInstanceOf(PortInUseError);
  await expect(second).rejects.toThrow(
    `Port ${port} is in use. Stop what listens there, or choose another port (0 takes a free one).`,
  );
});

test('answers 500 and nothing else when a handler throws', async () => {
  const { url: base } = await served(() => Promise.reject(new Error('secret-part')));

  const response = await fetch(base);

  expect(response.status).toBe(500);
  expect(await response.text()).toBe('');
});

test('closes at once although a connection is kept alive and a request is under way', async () => {
  const server = await served((incoming) =>
    incoming.url.endsWith('/slow') ? new Promise<Response>(() => undefined) : new Response('ok'),
  );
  const agent = new Agent({ keepAlive: true });
  const quick = request(`${server.url}/`, { agent }).end();
  await once(quick, 'response').then(([response]) => response.resume());
  const slow = request(`${server.url}/slow`).end();
  const broken = once(slow, 'error');
  await new Promise((resolve) => setTimeout(resolve, 50));

  const begin = performance.now();
  await server.close();
  await server.close();

  expect(performance.now() - begin).toBeLessThan(500);
  await broken.catch(() => undefined);
  agent.destroy();
});
