/** A refusal as CloudWatch Logs words it. */
export class LogsError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'LogsError';
    this.type = type;
  }

  toResponse(): Response {
    return new Response(JSON.stringify({ __type: this.type, message: this.message }), {
      status: 400,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-errortype': this.type,
        'x-amzn-requestid': crypto.randomUUID(),
      },
    });
  }
}

export const noSuchGroup = () =>
  new LogsError('ResourceNotFoundException', 'The specified log group does not exist.');

export const noSuchStream = () =>
  new LogsError('ResourceNotFoundException', 'The specified log stream does not exist.');

/** Says what is wrong, and never repeats what was sent. */
export const invalidParameter = (message: string) =>
  new LogsError('InvalidParameterException', message);
