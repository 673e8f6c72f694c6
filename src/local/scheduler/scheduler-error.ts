/** A refusal as EventBridge Scheduler words it. */
export class SchedulerError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = 'SchedulerError';
    this.code = code;
    this.status = status;
  }

  toResponse(): Response {
    const headers = { 'x-amzn-errortype': this.code, 'x-amzn-requestid': crypto.randomUUID() };
    return Response.json({ Message: this.message }, { status: this.status, headers });
  }
}

export const validation = (message: string) =>
  new SchedulerError('ValidationException', 400, message);

export const conflict = (message: string) => new SchedulerError('ConflictException', 409, message);

export const notFound = (what: string) =>
  new SchedulerError('ResourceNotFoundException', 404, `${what} does not exist.`);
