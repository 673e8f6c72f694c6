import { scopeOf } from './aws-endpoint.ts';

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
export interface JsonService {
  /** What `X-Amz-Target` begins with, the dot included. */
  readonly targetPrefix: string;
  readonly contentType: string;
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
    const { type, message } = error;
    return respond(400, contentType, { __type: type, message });
  }
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
