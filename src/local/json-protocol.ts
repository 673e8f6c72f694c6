import { scopeOf } from './aws-endpoint.ts';
import type { JsonDescriptor } from './service-descriptors.ts';

/** A refusal of a service that speaks JSON by `X-Amz-Target`. Its message never holds a value. */
export class JsonError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'JsonError';
    this.type = type;
  }
}

/** One service that takes and answers JSON. */
export interface JsonService extends JsonDescriptor {
  /** Answers what goes over the wire. Throws JsonError. */
  readonly operations: Readonly<Record<string, (body: unknown) => object>>;
}

/** Answers what is addressed to the service, and `undefined` for anything else. */
export async function answerJson(
  { targetPrefix, contentType, operations }: JsonService,
  request: Request,
): Promise<Response | undefined> {
  const target = request.headers.get('x-amz-target') ?? '';
  if (!target.startsWith(targetPrefix)) return undefined;
  const name = target.slice(targetPrefix.length);
  try {
    if (!scopeOf(request)) throw missingToken();
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw new JsonError('UnknownOperationException', 'No such operation.');
    return respond(200, contentType, operation(parseBody(await request.text())));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return jsonFailure(contentType, error);
  }
}

/**
 * Status 400, as Secrets Manager has it: clients tell by the name. Both spellings of the message:
 * AWS's services are not of one mind.
 */
export function jsonFailure(
  contentType: string,
  { type, message }: Pick<JsonError, 'type' | 'message'>,
): Response {
  const response = respond(400, contentType, { __type: type, message, Message: message });
  response.headers.set('x-amzn-errortype', type);
  return response;
}

const missingToken = () =>
  new JsonError('MissingAuthenticationTokenException', 'Missing Authentication Token');

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    // The parser's message repeats the body.
    throw new JsonError('SerializationException', 'The request is not valid JSON.');
  }
}

const respond = (status: number, contentType: string, content: object) =>
  Response.json(content, {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': crypto.randomUUID() },
  });
