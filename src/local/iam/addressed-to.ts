import { jsonServices, queryServices } from '../service-descriptors.ts';

/** Whom a request is for, by what tells the services themselves. The body is that of the request. */
export function addressedTo(request: Request, body: string): string {
  const target = request.headers.get('x-amz-target') ?? '';
  const byTarget = inJson.find(({ targetPrefix }) => target.startsWith(targetPrefix));
  if (byTarget) return byTarget.name;
  const { pathname } = new URL(request.url);
  if (pathname.startsWith('/2015-03-31/functions/')) return 'lambda';
  if (/^\/schedule(s|-groups)(\/|$)/.test(pathname)) return 'scheduler';
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return 'no service';
  const wanted = new URLSearchParams(body).get('Version');
  return inForms.find(({ version }) => version === wanted)?.name ?? 'no service';
}

const [inJson, inForms] = [Object.values(jsonServices), Object.values(queryServices)];

/** The operation that `X-Amz-Target` names. */
export const targetIn = (request: Request): string =>
  request.headers.get('x-amz-target')?.split('.').at(-1) ?? '';
