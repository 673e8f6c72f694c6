import type { Twilio } from '../../../src/local/twilio/create-twilio.ts';
import type { Crossing, Passage } from './passage.ts';
import type { OutsideCall } from './point.ts';

/** Where one invocation reaches its Twilio. */
interface Route {
  readonly passage: Passage;
  readonly twilio: Twilio;
}

const routes = new Map<string, Route>();
const network = globalThis.fetch;
let hosts = 0;

/** A made-up base URL that leads to a stand-in in this process, through a passage. */
export function twilioHost(route: Route): string {
  if (routes.size === 0) globalThis.fetch = routed;
  hosts += 1;
  const host = `twilio-${hosts}.test`;
  routes.set(host, route);
  return `http://${host}`;
}

/** Forgets every made-up host. */
export function closeTwilioHosts(): void {
  routes.clear();
  globalThis.fetch = network;
}

const routed: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname, pathname } = new URL(request.url);
  const route = routes.get(hostname);
  if (!route) return network(input, init);
  request.signal.throwIfAborted();
  return route.passage.cross({
    call: callOf(request.method, pathname),
    effect: () => route.twilio.fetch(request.clone()),
    instead: answers,
  });
};

const callOf = (method: string, path: string): OutsideCall => ({
  system: 'Twilio',
  operation: `${method} ${path.replace(/AC[0-9a-f]{32}/, '{AC}')}`,
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
