import { signedService } from '../aws-endpoint.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { QueryError, queryFailure } from '../query-protocol.ts';
import { SchedulerError } from '../scheduler/scheduler-error.ts';
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
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const service = signedService(request) ?? '';
  const answer = (isForm ? inForms : answers)[service] ?? inJson;
  return answer(refused);
}

type Answer = (refused: Refused) => Response;

const inForms: Readonly<Record<string, Answer>> = {
  rds: inXml('http://rds.amazonaws.com/doc/2014-10-31/'),
  sts: inXml('https://sts.amazonaws.com/doc/2011-06-15/'),
  sns: inXml('http://sns.amazonaws.com/doc/2010-03-31/'),
  iam: inXml('https://iam.amazonaws.com/doc/2010-05-08/'),
};

const answers: Readonly<Record<string, Answer>> = {
  scheduler: ({ type, message }) => new SchedulerError(type, 403, message).toResponse(),
  lambda: ({ type, message }) => new LambdaError(type, 403, message).toResponse(),
  sqs: ({ type, message }) => new SqsError(type, message).toResponse(),
};

function inXml(namespace: string): Answer {
  return ({ queryCode, message }) =>
    queryFailure(namespace, new QueryError(queryCode, message, 403));
}

/** Status 400, as Secrets Manager has it: clients tell by the name. */
function inJson({ type, message }: Refused): Response {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-errortype': type,
    'x-amzn-requestid': crypto.randomUUID(),
  };
  const body = { __type: type, message, Message: message };
  return new Response(JSON.stringify(body), { status: 400, headers });
}
