import type { ErrorRequestHandler } from 'express';
import { SecretsError } from 'keyturn/app';

/** What a client is told: a status, and a sentence for a person. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpError';
    this.status = status;
  }
}

/** Errors as JSON. What nobody foresaw is logged, and the client learns nothing of it. */
export const answerError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const told = asHttpError(error);
  if (told.status >= 500) {
    log(`${request.method} ${request.path}: ${told.status}, ${causesOf(error)}`);
  }
  if (response.headersSent) return next(error);
  response.status(told.status).json({ error: told.message });
};

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof SecretsError) return new HttpError(503, 'Try again in a moment.');
  const status: unknown = error instanceof Error && Reflect.get(error, 'status');
  // A body that could not be parsed. What the parser says of it quotes it.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'The body of the request cannot be read.');
  }
  return new HttpError(500, 'Something went wrong here.');
}

/** One line for whoever runs the app. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Its name and code. Messages of databases and parsers quote what they were given. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' || typeof code === 'number'
    ? `${error.name} ${code}`
    : error.name;
}

/** The names of an error and of what caused it. */
export const causesOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${nameOf(error)}, by ${causesOf(error.cause)}`
    : nameOf(error);
