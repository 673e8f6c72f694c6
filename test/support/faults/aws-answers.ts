import type { Crossing } from './passage.ts';
import type { OutsideSystem } from './point.ts';

/** An answer as the SDK's request handlers hand it on. */
export interface Received {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export const received = async (response: Response): Promise<Received> => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: new Uint8Array(await response.arrayBuffer()),
});

/** How an AWS service, or the way to it, says that a call failed. */
export function awsAnswers(system: OutsideSystem): Crossing<Received>['instead'] {
  const refusal = system === 'RDS' ? xmlRefusal : jsonRefusal;
  return {
    timeout: () => Promise.reject(named('TimeoutError', 'Connection timed out after 3000 ms')),
    unreachable: () =>
      Promise.reject(
        Object.assign(new Error('connect ECONNREFUSED'), {
          code: 'ECONNREFUSED',
          syscall: 'connect',
        }),
      ),
    transient: () => received(refusal(throttled[system] ?? 'ThrottlingException', 400)),
    permanent: () => received(refusal(denied[system] ?? 'AccessDeniedException', 400)),
  };
}

const throttled: Partial<Record<OutsideSystem, string>> = { RDS: 'Throttling' };
const denied: Partial<Record<OutsideSystem, string>> = { RDS: 'AccessDenied' };

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

const jsonRefusal = (type: string, status: number) =>
  Response.json(
    { __type: type, message: 'Refused by a fault.', Message: 'Refused by a fault.' },
    { status, headers: { 'x-amzn-errortype': type } },
  );

const xmlRefusal = (code: string, status: number) =>
  new Response(
    '<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type>' +
      `<Code>${code}</Code><Message>Refused by a fault.</Message></Error>` +
      '<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>',
    { status, headers: { 'content-type': 'text/xml' } },
  );
