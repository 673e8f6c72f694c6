import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { LocalQueues } from '../queues.ts';
import {
  createAsyncInvocations,
  usualBehaviour,
  type LambdaBehaviour,
} from './async-invocations.ts';
import { destinationRecord } from './destination-record.ts';
import { answerOf, invoke } from './invoke.ts';
import { LambdaError, notFound } from './lambda-error.ts';
import { functionArnOf } from './named.ts';

/** The queues of functions that have one, by ARN. */
export interface FailureDestinations {
  readonly queues: LocalQueues;
  readonly queueOf: ReadonlyMap<string, string>;
  /** Whether a function's role lets Lambda send for it. Absent: it does. */
  readonly maySend?: ((functionArn: string, queueArn: string) => Promise<boolean>) | undefined;
}

/** A Lambda that invokes local functions. Of its operations it has `Invoke`. */
export interface Lambda {
  readonly service: AwsService;
  readonly behaviour: LambdaBehaviour;
  /**
   * The functions as services find them that invoke asynchronously: they take every event at once,
   * and what becomes of it stays with Lambda.
   */
  readonly asynchronous: LocalFunctions;
  /** Calls off the retries of asynchronous invocations, and waits for the functions that run. */
  close(): Promise<void>;
}

export function createLambda(options: {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  /** Where the record of an asynchronous invocation goes that failed for good. */
  readonly onFailure?: FailureDestinations;
}): Lambda {
  const { clock, functions, onFailure } = options;
  const behaviour = { ...usualBehaviour };
  const later = createAsyncInvocations({
    clock,
    behaviour,
    async onGivenUp(givenUp) {
      const queueArn = onFailure?.queueOf.get(givenUp.functionArn);
      if (!onFailure || !queueArn) return;
      const { maySend } = onFailure;
      if (maySend && !(await maySend(givenUp.functionArn, queueArn))) return;
      onFailure.queues.send(queueArn, { body: destinationRecord(givenUp, clock.now()) });
    },
  });

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
    behaviour,
    asynchronous: {
      has: (functionArn) => functions.has(functionArn),
      get(functionArn) {
        const run = functions.get(functionArn);
        return run && (async (event) => later.add({ functionArn, run, event }));
      },
    },
    close: () => later.close(),
  };

  async function respond(request: Request, named: string): Promise<Response> {
    if (request.method !== 'POST' || named === '') throw unknownOperation();
    if (signedService(request) === undefined) throw missingToken();
    const functionArn = functionArnOf(named);
    const run = functions.get(functionArn);
    if (!run) throw notFound(named);
    const event = eventIn(await request.text());

    switch (request.headers.get('x-amz-invocation-type') ?? 'RequestResponse') {
      case 'RequestResponse':
        return answerOf(await invoke(run, event));
      case 'Event':
        later.add({ functionArn, run, event });
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
