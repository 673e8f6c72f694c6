import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { scopeOf } from '../aws-endpoint.ts';
import { localRegion, type AwsService } from '../aws-service.ts';
import { jsonServices } from '../service-descriptors.ts';
import type { Account } from './account.ts';
import { SecretsManagerError } from './errors.ts';
import type { Call } from './journal.ts';
import { operations } from './operations/operations.ts';
import { known as knownSecret } from './seeding.ts';

const { targetPrefix } = jsonServices.secretsmanager;

/**
 * The service as clients reach it: JSON 1.1 by `X-Amz-Target`. Signatures are not verified; the
 * region they are made for is the one whose secrets are meant.
 */
export function serviceOf(
  inRegion: (region: string) => Account,
  record: (call: Call) => void,
): AwsService {
  return async function secretsmanager(request) {
    const target = request.headers.get('x-amz-target') ?? '';
    if (request.method !== 'POST' || !target.startsWith(targetPrefix)) return undefined;

    const operation = target.slice(targetPrefix.length);
    const account = inRegion(scopeOf(request)?.region ?? localRegion);
    const at = account.clock.now();
    const userAgent = request.headers.get('user-agent') ?? '';
    const copy = request.clone();
    const { response, error } = await answer(account, request, operation);
    const secret = named(account, await copy.text().catch(() => ''));
    record({ operation, at, userAgent, ...(secret && { secret }), ...(error && { error }) });
    return response;
  };
}

const naming = v.pipe(v.string(), v.parseJson(), v.object({ SecretId: v.string() }));

/** The ARN of the secret that a request names. */
function named(account: Account, body: string): string | undefined {
  const parsed = v.safeParse(naming, body);
  return parsed.success ? knownSecret(account, parsed.output.SecretId)?.arn : undefined;
}

async function answer(
  account: Account,
  request: Request,
  operation: string,
): Promise<{ response: Response; error?: string }> {
  try {
    const body = await request.text();
    return { response: respond(200, await run(account, request, { operation, body })) };
  } catch (error) {
    const known = knownError(error);
    return { response: errorResponse(known), error: known.type };
  }
}

function run(
  account: Account,
  request: Request,
  { operation: name, body }: { operation: string; body: string },
): object | Promise<object> {
  const operation = operations.get(name);
  if (!operation) {
    throw new SecretsManagerError('UnknownOperationException', `Unknown operation: ${name}.`);
  }
  if (!request.headers.has('authorization')) {
    throw new SecretsManagerError(
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
    );
  }
  return operation(account, parseBody(body));
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    // The parser's message repeats the body.
    throw new SecretsManagerError('SerializationException', 'The request is not valid JSON.');
  }
}

function knownError(error: unknown): SecretsManagerError {
  if (error instanceof SecretsManagerError) return error;
  return new SecretsManagerError(
    'InternalServiceError',
    'An error occurred on the server side.',
    500,
  );
}

/** Both spellings of the message: AWS's services are not of one mind, nor are their clients. */
function errorResponse({ type, message, status }: SecretsManagerError): Response {
  const body = { __type: type, message, Message: message };
  return respond(status, body, { 'x-amzn-errortype': type });
}

function respond(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body, epochSeconds), {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
  });
}

function epochSeconds(this: unknown, key: string, value: unknown): unknown {
  // `value` is a string by now: dates turn themselves into one first.
  const original: unknown = Reflect.get(Object(this), key);
  return original instanceof Date ? original.getTime() / 1000 : value;
}
