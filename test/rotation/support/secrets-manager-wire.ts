import * as v from 'valibot';
import type { SecretsManagerStandIn } from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { HttpHandler } from '../../../src/local/http-server.ts';
import type { Timeline } from './timeline.ts';

/** Thrown in a hook of the timeline: what Secrets Manager answers instead. */
export class WireFault extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, status = 400) {
    super(type);
    this.type = type;
    this.status = status;
  }
}

/** An answer that never reaches the client; the SDK is told of a server that broke down. */
export const lost = () => {
  throw new WireFault('InternalServiceError', 500);
};

export const denied = () => {
  throw new WireFault('AccessDeniedException');
};

const requestBody = v.object({
  VersionStage: v.optional(v.string()),
  VersionStages: v.optional(v.array(v.string())),
  MoveToVersionId: v.optional(v.string()),
  ClientRequestToken: v.optional(v.string()),
  RotationToken: v.optional(v.string()),
});

export type RequestBody = v.InferOutput<typeof requestBody>;

/** The stand-in behind HTTP, with every request on the timeline under a short name. */
export function wireOf(
  manager: SecretsManagerStandIn,
  timeline: Timeline,
  puts: RequestBody[],
): HttpHandler {
  return async (request) => {
    const body = v.parse(requestBody, await request.clone().json());
    const name = nameOf(request.headers.get('x-amz-target') ?? '', body);
    if (name === 'put') puts.push(body);
    try {
      return await timeline.around(
        name,
        async () => (await manager.service(request)) ?? new Response(null, { status: 404 }),
      );
    } catch (error) {
      const fault = error instanceof WireFault ? error : new WireFault('InternalServiceError', 500);
      return new Response(JSON.stringify({ __type: fault.type, message: 'A fault of the test.' }), {
        status: fault.status,
        headers: { 'x-amzn-errortype': fault.type },
      });
    }
  };
}

function nameOf(target: string, body: RequestBody): string {
  const operation = target.split('.').at(-1) ?? '';
  if (operation === 'DescribeSecret') return 'describe';
  if (operation === 'GetSecretValue') return 'read';
  if (operation === 'PutSecretValue') return 'put';
  if (operation !== 'UpdateSecretVersionStage') return operation;
  const label = body.VersionStage?.replace(/^(KEYTURN_UNDOING)_.*/, '$1');
  return `${body.MoveToVersionId ? 'move' : 'drop'} ${label}`;
}

/** The names of requests that write. */
export const isWrite = (event: string) => /^(put|move |drop )/.test(event);
