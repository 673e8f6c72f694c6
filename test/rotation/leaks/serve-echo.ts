import { serveHttp } from '../../../src/local/http-server.ts';

/** A server that refuses every request, and quotes in its answer what it was sent. */
export const serveEcho = () =>
  serveHttp(async (request) => {
    const { pathname } = new URL(request.url);
    const authorization = request.headers.get('authorization') ?? '';
    const body = await request.text();

    if (pathname === '/v1/AuthTokens/Secondary') return ofTwilio(authorization);
    if (body.includes('MasterUserPassword')) return ofRds(new URLSearchParams(body));
    return Response.json({ authorization, body }, { status: 500 });
  });

function ofTwilio(authorization: string): Response {
  const [, credentials = ''] = authorization.split(' ');
  const [, token = ''] = Buffer.from(credentials, 'base64').toString().split(':');
  const message = `The token ${token} cannot be used`;
  const details = { AuthToken: token, header: authorization };
  return Response.json({ code: 20_003, status: 400, message, details }, { status: 400 });
}

function ofRds(request: URLSearchParams): Response {
  const password = (request.get('MasterUserPassword') ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
  const message = `The parameter MasterUserPassword is not valid: ${password}`;
  const error = `<Error><Type>Sender</Type><Code>InvalidParameterValue</Code><Message>${message}</Message></Error>`;
  const headers = { 'content-type': 'text/xml' };
  return new Response(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`, {
    status: 400,
    headers,
  });
}
