/** A refusal in Twilio's shape. Its message never quotes what the client sent. */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toResponse(): Response {
    const { status, code, message } = this;
    const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
    return Response.json(body, { status, headers: status === 401 ? challenge : {} });
  }
}

const challenge = { 'WWW-Authenticate': 'Basic realm="Twilio API"' };

/** Wrong credentials, and also credentials that may not touch what was asked for. */
export const unauthenticated = () => new TwilioError(401, 20003, 'Authenticate');

export const notFound = () => new TwilioError(404, 20404, 'The requested resource was not found');

export const invalid = (message: string) => new TwilioError(400, 20001, message);
