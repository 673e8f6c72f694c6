import { currentCaller } from './caller.ts';
import type { Crossing } from './passage.ts';
import type { OutsideCall } from './point.ts';

/** A made-up host, behind which is the stand-in of whoever calls. */
export const twilioUrl = 'http://twilio.test';

/** Lets `fetch` find that host until the answer is called. Nothing else changes. */
export function connectTwilio(): () => void {
  const network = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith(twilioUrl) ? answer(request) : network(input, init);
  };
  return () => {
    globalThis.fetch = network;
  };
}

async function answer(request: Request): Promise<Response> {
  request.signal.throwIfAborted();
  const { passage, places } = currentCaller();
  return passage.cross({
    call: callOf(request.method, new URL(request.url).pathname),
    effect: () => places.twilio.fetch(request.clone()),
    instead: answers,
  });
}

const callOf = (method: string, path: string): OutsideCall => ({
  system: 'Twilio',
  operation: `${method} ${path.replace(/(AC|SK)[0-9a-f]{32}/g, '{$1}')}`,
});

/** How Twilio, or Node's fetch, says that a call failed. */
const answers: Crossing<Response>['instead'] = {
  timeout: () =>
    Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
  unreachable: () =>
    Promise.reject(
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      }),
    ),
  transient: async () => refusal(429, 20_429, 'Too Many Requests'),
  permanent: async () => refusal(403, 20_403, 'Forbidden'),
};

const refusal = (status: number, code: number, message: string) =>
  Response.json(
    { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    { status },
  );
