import { XMLBuilder } from 'fast-xml-parser';
import { signedService } from './aws-endpoint.ts';
import type { QueryDescriptor } from './service-descriptors.ts';

/** A refusal of a service that speaks AWS's Query protocol. Its message never holds a value. */
export class QueryError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'QueryError';
    this.code = code;
    this.status = status;
  }
}

/** What becomes XML: an array is an element that repeats, `undefined` is left out. */
export interface XmlElements {
  readonly [name: string]: XmlValue;
}
type XmlValue = string | number | boolean | XmlElements | readonly XmlValue[] | undefined;

/** Answers the result's elements; throws QueryError. */
export type QueryAction = (form: URLSearchParams, request: Request) => XmlElements;

/** One service that takes forms and answers XML. */
export interface QueryService extends QueryDescriptor {
  readonly actions: Readonly<Record<string, QueryAction>>;
}

/** Answers what is addressed to the service, and `undefined` for anything else. */
export async function answerQuery(
  service: QueryService,
  request: Request,
): Promise<Response | undefined> {
  const signedFor = signedService(request);
  if (signedFor !== undefined && signedFor !== service.name) return undefined;
  const form = await formIn(request);
  if (signedFor === undefined && form.get('Version') !== service.version) return undefined;
  try {
    if (signedFor === undefined) throw missingToken();
    const action = form.get('Action') ?? '';
    const run = Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
    if (!run) throw unknownAction(action, service.version);
    return queryResult(service.namespace, action, run(form, request));
  } catch (error) {
    if (error instanceof QueryError) return queryFailure(service.namespace, error);
    throw error;
  }
}

/** The form that a request carries: other services may still want to read it. */
async function formIn(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? await request.clone().text() : '');
}

/** What the form must have. Throws ValidationError, which names it. */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new QueryError('ValidationError', `The request must contain the parameter ${name}.`);
}

const missingToken = () =>
  new QueryError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);

const unknownAction = (action: string, version: string) =>
  new QueryError('InvalidAction', `Could not find operation ${action} for version ${version}`);

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

export function queryResult(namespace: string, action: string, result: XmlElements): Response {
  const requestId = crypto.randomUUID();
  return xmlResponse(200, requestId, {
    [`${action}Response`]: {
      '@xmlns': namespace,
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

export function queryFailure(namespace: string, { code, message, status }: QueryError): Response {
  const requestId = crypto.randomUUID();
  return xmlResponse(status, requestId, {
    ErrorResponse: {
      '@xmlns': namespace,
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: requestId,
    },
  });
}

function xmlResponse(status: number, requestId: string, content: XmlElements): Response {
  return new Response(builder.build(content), {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  });
}
