import type { Transport } from './transport.ts';

/**
 * Reads a resource without the SDK, whose part for it would take long to load, and answers its
 * fields by name. Throws an error with the `status` and `code` of any answer but 200.
 */
export async function readResource(
  client: Transport,
  uri: string,
): Promise<(field: string) => unknown> {
  const { statusCode, body } = await client.request({ method: 'get', uri });
  const field = (name: string): unknown =>
    body instanceof Object ? Reflect.get(body, name) : undefined;
  if (statusCode !== 200) throw new Refused(statusCode, field('code'));
  return field;
}

class Refused extends Error {
  readonly status: number;
  readonly code: unknown;

  constructor(status: number, code: unknown) {
    super(`HTTP ${status}`);
    this.status = status;
    this.code = code;
  }
}
