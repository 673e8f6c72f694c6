import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import { createAsyncInvocations } from './async-invocations.ts';
import { answerOf, invoke } from './invoke.ts';
import { LambdaError, notFound } from './lambda-error.ts';
import { functionNamed } from './named.ts';

/** A Lambda that invokes local functions. Of its operations it has `Invoke`. */
export interface Lambda {
  readonly service: AwsService;
  /** Calls off the retries of asynchronous invocations, and waits for the functions that run. */
  close(): Promise<void>;
}

export function createLambda(options: {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
}): Lambda {
  const later = createAsyncInvocations(options.clock);

  return {
    service: async function lambda(request) {
      const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(
        new URL(request.url).pathname,
      );
      if (signedService(request) !== 'lambda' && !path) return undefined;
      try {
        return await respond(request, decodeURIComponent(path?.[1] ?? ''));
      } catch (error) {
        if (error instanceof LambdaError) return error.toResponse();
        throw error;
      }
    },
    close: () => later.close(),
  };

  async function respond(request: Request, named: string): Promise<Response> {
    if (request.method !== 'POST' || named === '') throw unknownOperation();
    if (signedService(request) === undefined) throw missingToken();
    const found = functionNamed(options.functions, named);
    if (!found) throw notFound(named);
    const event = eventIn(await request.text());

    switch (request.headers.get('x-amz-invocation-type') ?? 'RequestResponse') {
      case 'RequestResponse':
        return answerOf(await invoke(found, event));
      case 'Event':
        later.add(() => invoke(found, event));
        return new Response(null, { status: 202, headers: requestId() });
      case 'DryRun':
        return new Response(null, { status: 204, headers: requestId() });
      default:
        throw new LambdaError('InvalidParameterValueException', 400, 'No such invocation type.');
    }
  }
}

/** A function that is invoked without a payload gets an empty object. */
function eventIn(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new LambdaError(
      'InvalidRequestContentException',
      400,
      'Could not parse request body into json.',
    );
  }
}

const requestId = () => ({ 'x-amzn-requestid': crypto.randomUUID() });

const unknownOperation = () =>
  new LambdaError('UnknownOperationException', 404, 'No such operation.');

const missingToken = () =>
  new LambdaError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
