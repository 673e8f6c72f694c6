import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { lambdaContext } from '../src/local/stack/lambda-context.ts';
import type { Outcome } from './function-under-test.ts';

// What Lambda's runtime is to a function: loads it once and hands it one event after another. Tells
// how long each took, and what was called: the SDK's HTTP client and `fetch` announce it themselves.
const [, , module = '', arn = ''] = process.argv;
const lambdaModule = v.looseObject({ handler: v.function() });
const announced = v.object({ request: v.instance(ClientRequest) });

const calls: string[] = [];
subscribe('http.client.request.start', (message) => {
  const { request } = v.parse(announced, message);
  calls.push(signedService(String(request.getHeader('authorization'))));
});
subscribe('undici:request:create', () => void calls.push('twilio'));

const { handler } = v.parse(lambdaModule, { ...(await import(pathToFileURL(module).href)) });
process.on('disconnect', () => process.exit());
process.on('message', (event) => void run(event).then((outcome) => process.send?.(outcome)));
process.send?.('ready');

async function run(event: unknown): Promise<Outcome> {
  calls.length = 0;
  const started = performance.now();
  try {
    await handler(event, lambdaContext(arn));
    return { ms: performance.now() - started, calls: [...calls] };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : typeof error };
  }
}

function signedService(authorization: string): string {
  return /Credential=[^,\s]*\/([^/,\s]+)\/aws4_request/.exec(authorization)?.[1] ?? 'unsigned';
}
