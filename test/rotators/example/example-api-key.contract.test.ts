import { randomText } from '../../../src/rotators/random-text.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { bind } from '../../support/bind.ts';
import type { System } from '../../support/contract/fixture.ts';
import { describeContract } from '../../support/rotator-contract.ts';
import { exampleApiKey } from './example-api-key.ts';

describeContract('the example of docs/writing-a-rotator.md', {
  single: false,
  build: buildKeyService,
  sick: {
    'a key that the service refuses': async ({ wrong }) => wrong,
  },
  notApplicable: {
    'ambiguous revocation': 'the service ends a key by its value, so there is no doubt which',
  },
});

/** A small service that really accepts and refuses keys. */
async function buildKeyService(): Promise<System> {
  const keys = new Set([randomText(32)]);
  const server = await serveHttp((request) => answer(keys, request));

  return {
    current: credential([...keys][0] ?? ''),
    wrong: credential(randomText(32)),
    async rotator(gate) {
      const { host, port } = await gate.to('keys', { host: '127.0.0.1', port: server.port });
      return bind(exampleApiKey, { key: 'API_KEY', options: { url: `http://${host}:${port}` } });
    },
    works: async ({ API_KEY }) => typeof API_KEY === 'string' && keys.has(API_KEY),
    state: async () => [...keys],
    settled: async () => undefined,
    close: () => server.close(),
  };
}

const credential = (API_KEY: string) => ({ API_KEY });

function answer(keys: Set<string>, request: Request): Response {
  const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
  if (!keys.has(token)) return new Response(null, { status: 401 });
  if (request.method === 'POST') {
    const made = randomText(32);
    keys.add(made);
    return new Response(made, { status: 201 });
  }
  const named = decodeURIComponent(new URL(request.url).pathname.replace('/keys/', ''));
  if (request.method === 'DELETE') keys.delete(named);
  return new Response(null, { status: 200 });
}
