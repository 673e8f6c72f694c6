import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { createLog } from './container-log.ts';
import { runContained, type Contained } from './run-contained.ts';

const binding = v.object({ HostIp: v.string(), HostPort: v.string() });

/** The body of `POST /containers/create`, as far as it decides what a function sees. */
export const createRequest = v.object({
  Image: v.string(),
  Env: v.array(v.string()),
  HostConfig: v.object({
    Binds: v.array(v.string()),
    ExtraHosts: v.optional(v.array(v.string()), []),
    NetworkMode: v.string(),
    PortBindings: v.object({ '8080/tcp': v.tuple([binding]) }),
  }),
});
export type CreateRequest = v.InferOutput<typeof createRequest>;

export interface Container {
  /** What `GET /containers/{id}/json` tells. */
  inspect(): object;
  /** Sends the log so far, and then as it grows. */
  attach(socket: Duplex): void;
  start(): Promise<void>;
  /** May be called twice. */
  stop(): Promise<void>;
}

/**
 * A container of Lambda's image: its emulator answers on the published port, and runs the function
 * from the folder that is bound to `/var/task`. `gateway` is what `host-gateway` stands for.
 */
export function createContainer(wanted: CreateRequest, gateway: string): Container {
  const [{ HostIp, HostPort }] = wanted.HostConfig.PortBindings['8080/tcp'];
  const contained = containedIn(wanted, gateway);
  const log = createLog();
  let emulator: HttpServer | undefined;

  async function invoked(request: Request): Promise<Response> {
    const { failure, ms } = await runContained(await request.json(), {
      ...contained,
      onLine: log.write,
    });
    log.write(`REPORT RequestId: 1 Duration: ${ms} ms Memory Size: 512 MB Max Memory Used: 512 MB`);
    return Response.json(
      failure ? { errorType: failure.code, errorMessage: failure.message } : null,
    );
  }

  return {
    inspect: () => ({
      State: { Status: emulator ? 'running' : 'created', OOMKilled: false },
      Config: { Tty: false },
    }),
    attach: log.attach,
    async start() {
      emulator = await serveHttp(invoked, { host: HostIp, port: Number(HostPort) });
    },
    async stop() {
      log.end();
      await emulator?.close();
    },
  };
}

function containedIn(
  { Env, HostConfig: { Binds, ExtraHosts } }: CreateRequest,
  gateway: string,
): Omit<Contained, 'onLine'> {
  const variables = Object.fromEntries(Env.map((entry) => split(entry, '=')));
  const hosts = ExtraHosts.map((entry) => split(entry, ':')).map(([name, address]) => [
    name,
    address === 'host-gateway' ? gateway : address,
  ]);
  const taskRoot = Binds.map((bind) => bind.split(':')).find(([, to]) => to === '/var/task')?.[0];
  return {
    taskRoot: taskRoot ?? '',
    handler: variables['AWS_LAMBDA_FUNCTION_HANDLER'] ?? '',
    variables,
    hosts: Object.fromEntries(hosts),
  };
}

/** Around the first separator. */
function split(entry: string, separator: string): readonly [string, string] {
  const at = entry.indexOf(separator);
  return [entry.slice(0, at), entry.slice(at + 1)];
}
