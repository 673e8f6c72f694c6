import { signedService } from '../aws-endpoint.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { errorResponse, RdsError } from '../rds/rds-wire.ts';
import { SchedulerError } from '../scheduler/scheduler-error.ts';
import { SqsError } from '../sqs/sqs-error.ts';
import type { Denial } from './ledger.ts';

/** A refusal in the words and the form of the service that was called. */
export function accessDenied(request: Request, denial: Denial): Response {
  const answer = answers[signedService(request) ?? ''] ?? ofSecretsManager;
  return answer(sentence(denial));
}

const type = 'AccessDeniedException';

const answers: Readonly<Record<string, (message: string) => Response>> = {
  rds: (message) => errorResponse(new RdsError('AccessDenied', message, 403)),
  scheduler: (message) => new SchedulerError(type, 403, message).toResponse(),
  lambda: (message) => new LambdaError(type, 403, message).toResponse(),
  sqs: (message) => new SqsError(type, message).toResponse(),
};

export const sentence = ({ principal, action, resource }: Denial) =>
  `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because no ` +
  `identity-based policy allows the ${action} action`;

/** Status 400, as Secrets Manager has it: clients tell by the name. */
function ofSecretsManager(message: string): Response {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-errortype': type,
    'x-amzn-requestid': crypto.randomUUID(),
  };
  return new Response(JSON.stringify({ __type: type, Message: message }), { status: 400, headers });
}
