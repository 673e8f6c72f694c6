import type { RDSClientConfig } from '@aws-sdk/client-rds';
import { awsAnswers } from './aws-answers.ts';
import { awsCallOf } from './aws-call.ts';
import type { Passage } from './passage.ts';

type Handler = Extract<RDSClientConfig['requestHandler'], { handle: unknown }>;

/** What carries an SDK client's requests to a stand-in in this process, through a passage. */
export function sdkHandler(
  passage: Passage,
  service: (request: Request) => Promise<Response | undefined>,
): Handler {
  return {
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    async handle(sent, { abortSignal } = {}) {
      if (abortSignal?.aborted) throw new DOMException('Request aborted', 'AbortError');
      const query = new URLSearchParams(
        Object.entries(sent.query).flatMap(([name, value]) =>
          value === null ? [] : [value].flat().map((each) => [name, each]),
        ),
      ).toString();
      const url = `http://aws.test${sent.path}${query && `?${query}`}`;
      const body = sent.method === 'GET' || sent.method === 'DELETE' ? null : sent.body;
      const { method, headers } = sent;

      const call = awsCallOf({ method, path: sent.path, headers, body: String(body ?? '') });
      const answer = await passage.cross({
        call,
        effect: async () => {
          const response = await service(new Request(url, { method, headers, body }));
          if (!response) throw new Error(`No stand-in answers ${call.operation}.`);
          return response;
        },
        instead: awsAnswers(call.system),
      });
      return {
        response: {
          statusCode: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: new Uint8Array(await answer.arrayBuffer()),
        },
      };
    },
  };
}
