import type { AwsService } from './aws-service.ts';
import type { HttpHandler } from './http-server.ts';

interface Options {
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Asked first; what it answers is the answer. */
  readonly guard?: ((request: Request) => Promise<Response | undefined>) | undefined;
}

/**
 * One endpoint for several services, as `AWS_ENDPOINT_URL` needs it: each is asked in turn, and
 * named in errors by its function's name. `GET /` answers 200 when it is ready. What a service
 * throws goes to `onError`; the client learns no more than that it happened.
 */
export function createAwsEndpoint(
  services: readonly AwsService[],
  { onError = () => undefined, guard }: Options = {},
): HttpHandler {
  const names = services.map((service) => service.name).filter(Boolean);

  return async (request) => {
    if (isHealthCheck(request)) return Response.json({ status: 'ok', services: names });
    try {
      const refusal = await guard?.(request);
      if (refusal) return refusal;
      for (const service of services) {
        const response = await service(request);
        if (response) return response;
      }
    } catch (error) {
      onError(error);
      return failure(500, 'InternalFailure', 'The local stack failed. Its own log says why.');
    }
    return failure(400, 'UnknownServiceException', notHere(request, names));
  };
}

/** The service a request is signed for (`secretsmanager`, `rds`, …), if it is signed at all. */
export function signedService(request: Request): string | undefined {
  return scopeOf(request)?.service;
}

/** What a signature says of itself: whose it is, and which service and region it is for. */
export function scopeOf(request: Request) {
  const authorization = request.headers.get('authorization') ?? '';
  const scope = /Credential=([^,\s]*?)\/\d+\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    authorization,
  );
  if (!scope) return undefined;
  const [, accessKeyId = '', region = '', service = ''] = scope;
  return { accessKeyId, region, service };
}

function isHealthCheck(request: Request): boolean {
  const { pathname } = new URL(request.url);
  const known = pathname === '/' || pathname === '/_keyturn/health';
  return request.method === 'GET' && known && !request.headers.has('authorization');
}

function notHere(request: Request, names: readonly string[]): string {
  const wanted = signedService(request) ?? 'an unsigned request';
  return `No local service answers this (${wanted}). There are: ${names.join(', ') || 'none'}.`;
}

function failure(status: number, code: string, message: string): Response {
  const headers = { 'x-amzn-errortype': code, 'x-amzn-requestid': crypto.randomUUID() };
  return Response.json({ __type: code, message }, { status, headers });
}
