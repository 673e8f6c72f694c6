/** What this endpoint answers to a request that came in elsewhere, where its body was read. */
export function passOn(request: Request, body: string, endpoint: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  return fetch(new URL(pathname + search, endpoint), { method, headers, ...(body && { body }) });
}
