import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalQueues } from '../queues.ts';
import { jsonServices } from '../service-descriptors.ts';
import { messageOperations } from './message-operations.ts';
import type { Queue } from './queue.ts';
import { queueOperations } from './queue-operations.ts';
import { createQueues, type Queues } from './queues.ts';
import { SqsError } from './sqs-error.ts';

/** An SQS with standard queues, in memory. Speaks JSON, as today's clients do. */
export interface Sqs extends LocalQueues {
  readonly service: AwsService;
  /** Without a request, as a template does. Answers the queue that is there already. */
  createQueue: Queues['create'];
  queues(): readonly Queue[];
}

const { targetPrefix } = jsonServices.sqs;

const operations = new Map(Object.entries({ ...queueOperations, ...messageOperations }));

export function createSqs({ clock }: { readonly clock: LocalClock }): Sqs {
  const queues = createQueues(clock);

  return {
    service: async function sqs(request) {
      const target = request.headers.get('x-amz-target') ?? '';
      if (!target.startsWith(targetPrefix) && signedService(request) !== 'sqs') return undefined;
      try {
        return answer(await respond(request, target.slice(targetPrefix.length)));
      } catch (error) {
        if (error instanceof SqsError) return error.toResponse();
        throw error;
      }
    },
    createQueue: (name, settings) => queues.create(name, settings),
    queues: () => queues.list(),
    send: (queueArn, message) => void queues.withArn(queueArn)?.send(message),
  };

  async function respond(request: Request, name: string): Promise<object> {
    const operation = operations.get(name);
    if (!operation) throw new SqsError('UnknownOperationException', 'No such operation.');
    if (signedService(request) === undefined) {
      throw new SqsError('MissingAuthenticationToken', 'Missing Authentication Token');
    }
    const { origin } = new URL(request.url);
    return operation({ queues, origin, body: parseBody(await request.text()) });
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    // The parser's message repeats the body.
    throw new SqsError('SerializationException', 'The request is not valid JSON.');
  }
}

const answer = (content: object) =>
  Response.json(content, {
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': crypto.randomUUID(),
    },
  });
