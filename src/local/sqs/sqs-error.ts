/** A refusal as SQS words it: under its own name, and the one it had before it spoke JSON. */
export class SqsError extends Error {
  readonly type: string;
  readonly queryCode: string;

  constructor(type: string, message: string, queryCode = type) {
    super(message);
    this.name = 'SqsError';
    this.type = type;
    this.queryCode = queryCode;
  }

  toResponse(): Response {
    const body = { __type: `com.amazonaws.sqs#${this.type}`, message: this.message };
    return Response.json(body, {
      status: 400,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-query-error': `${this.queryCode};Sender`,
        'x-amzn-requestid': crypto.randomUUID(),
      },
    });
  }
}

export const noSuchQueue = () =>
  new SqsError(
    'QueueDoesNotExist',
    'The specified queue does not exist.',
    'AWS.SimpleQueueService.NonExistentQueue',
  );

export const invalidReceiptHandle = () =>
  new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');

export const notInFlight = () =>
  new SqsError(
    'MessageNotInflight',
    'The message is not in flight.',
    'AWS.SimpleQueueService.MessageNotInflight',
  );

/** Names the member, and never its value. */
export const invalidParameter = (member: string) =>
  new SqsError('InvalidParameterValue', `Value for parameter ${member} is invalid.`);
