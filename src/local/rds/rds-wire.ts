import { XMLBuilder } from 'fast-xml-parser';

/** A refusal as RDS words it. Its message names parameters and never holds a value of a password. */
export class RdsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'RdsError';
    this.code = code;
    this.status = status;
  }
}

/** What becomes XML: an array is an element that repeats, `undefined` is left out. */
export interface XmlElements {
  readonly [name: string]: XmlValue;
}
type XmlValue = string | number | boolean | XmlElements | readonly XmlValue[] | undefined;

const namespace = 'http://rds.amazonaws.com/doc/2014-10-31/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

export function resultResponse(action: string, result: XmlElements): Response {
  const requestId = crypto.randomUUID();
  return xmlResponse(200, requestId, {
    [`${action}Response`]: {
      '@xmlns': namespace,
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

export function errorResponse({ code, message, status }: RdsError): Response {
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
