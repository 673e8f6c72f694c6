import { signedService } from '../aws-endpoint.ts';
import { jsonFailure } from '../json-protocol.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { QueryError, queryFailure } from '../query-protocol.ts';
import { SchedulerError } from '../scheduler/scheduler-error.ts';
import { jsonServices, queryServices, type QueryDescriptor } from '../service-descriptors.ts';
import { SqsError } from '../sqs/sqs-error.ts';

/** What a service is not to answer, by the name it has in either family of protocols. */
export interface Refused {
  readonly type: string;
  /** In the Query protocol. */
  readonly queryCode: string;
  readonly message: string;
}

/** A refusal in the form of the service that was called. */
export function refusal(request: Request, refused: Refused): Response {
  const type = request.headers.get('content-type') ?? '';
  const service = signedService(request) ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const asked = Object.values(queryServices).find(({ name }) => name === service);
    if (asked) return inXml(asked, refused);
  }
  return (answers[service] ?? inJson(service))(refused);
}

type Answer = (refused: Refused) => Response;

const answers: Readonly<Record<string, Answer>> = {
  scheduler: ({ type, message }) => new SchedulerError(type, 403, message).toResponse(),
  lambda: ({ type, message }) => new LambdaError(type, 403, message).toResponse(),
  sqs: ({ type, message }) => new SqsError(type, message).toResponse(),
};

const inXml = ({ namespace }: QueryDescriptor, { queryCode, message }: Refused) =>
  queryFailure(namespace, new QueryError(queryCode, message, 403));

function inJson(service: string): Answer {
  const asked = Object.values(jsonServices).find(({ name }) => name === service);
  const { contentType } = asked ?? jsonServices.secretsmanager;
  return (refused) => jsonFailure(contentType, refused);
}
