import { RDSClient } from '@aws-sdk/client-rds';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { localCredentials } from '../../../src/local/stack/deployment.ts';
import { awsAnswers, received } from './aws-answers.ts';
import { awsCallOf } from './aws-call.ts';
import { currentCaller } from './caller.ts';
import { isDatabase, type OutsideSystem } from './point.ts';
import type { Places } from './places.ts';

/** A request as the SDK hands it over; only what is used of it. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly body?: unknown;
}

/** Carries a client's requests to the stand-in of whoever calls, in this process. */
const requestHandler = {
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  async handle(sent: Sent) {
    const { passage, places } = currentCaller();
    const { method, headers, path } = sent;
    const body = textOf(sent.body);
    const call = awsCallOf({ method, path, headers, body });
    const url = `http://aws.test${path}${queryOf(sent)}`;
    const response = await passage.cross({
      call,
      effect: async () =>
        received(
          await serve(
            places,
            call.system,
            new Request(url, { method, headers, body: body || null }),
          ),
        ),
      instead: awsAnswers(call.system),
    });
    return { response };
  },
};

interface Signable {
  readonly headers: Record<string, string>;
}

/** Nobody here checks a signature, and there are hundreds of thousands of calls. */
const signerFor = (service: string) => ({
  async sign<Request extends Signable>(request: Request): Promise<Request> {
    const credential = `local/20260101/us-east-1/${service}/aws4_request`;
    request.headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credential}`;
    return request;
  },
});

const configFor = (service: string) => ({
  endpoint: 'http://aws.test',
  region: 'us-east-1',
  credentials: localCredentials,
  // What is left of a fault when a client has tried as often as it does.
  maxAttempts: 1,
  signer: signerFor(service),
  requestHandler,
});

/** The clients of all invocations; a call finds its way by who makes it. */
export const awsClients = {
  secretsManager: new SecretsManagerClient(configFor('secretsmanager')),
  scheduler: new SchedulerClient(configFor('scheduler')),
  rds: new RDSClient(configFor('rds')),
};

const isAwsService = (system: OutsideSystem): system is 'Secrets Manager' | 'Scheduler' | 'RDS' =>
  system !== 'Twilio' && !isDatabase(system);

async function serve(places: Places, system: OutsideSystem, request: Request): Promise<Response> {
  const { secretsManager, scheduler, rds } = places;
  const services = { 'Secrets Manager': secretsManager, Scheduler: scheduler, RDS: rds };
  if (!isAwsService(system)) throw new Error('No client of AWS calls it.');
  const response = await services[system].service(request);
  if (!response) throw new Error(`${system} does not answer ${request.url}.`);
  return response;
}

/** Depending on its protocol a client sends its text as it is, or encoded. */
function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : '';
}

function queryOf({ query = {} }: Sent): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((each): [string, string] => [name, each]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
