import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/** A request that claims to come from Twilio. */
export interface TwilioWebhook {
  /** The URL as Twilio has it, with its query: what is in front of the application may have changed it. */
  readonly url: string;
  /** The header `X-Twilio-Signature`. */
  readonly signature: string | null | undefined;
  /** The fields of a form. */
  readonly params?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The body as it came, where it is no form: Twilio put its hash into the query as `bodySHA256`. */
  readonly body?: string | Uint8Array | undefined;
}

/** Whether Twilio signed it with this token: https://www.twilio.com/docs/usage/security. */
export function isSignedWith(
  token: string,
  { url, signature, params, body }: TwilioWebhook,
): boolean {
  if (typeof signature !== 'string' || !URL.canParse(url)) return false;
  if (body !== undefined && !isHashOf(body, new URL(url).searchParams.get('bodySHA256')))
    return false;
  const fields = body === undefined ? fieldsOf(params ?? {}) : '';
  if (fields === undefined) return false;
  return spellings(url).some((spelling) => equal(signature, sign(token, spelling + fields)));
}

const sign = (token: string, text: string) =>
  createHmac('sha1', token).update(text, 'utf8').digest('base64');

/**
 * Names and values in the order of the names, one after the other; undefined where a parser of forms
 * made objects of some: Twilio sends none, and what is left out here would not be verified.
 */
function fieldsOf(params: NonNullable<TwilioWebhook['params']>): string | undefined {
  const fields: string[] = [];
  for (const name of Object.keys(params).toSorted()) {
    const values = valuesOf(params[name]);
    if (!areTexts(values)) return undefined;
    fields.push(...[...new Set(values)].toSorted().map((value) => name + value));
  }
  return fields.join('');
}

const valuesOf = (value: unknown = ''): readonly unknown[] =>
  Array.isArray(value) ? value : [value];

const areTexts = (values: readonly unknown[]): values is readonly string[] =>
  values.every((value) => typeof value === 'string');

function isHashOf(body: string | Uint8Array, hash: string | null): boolean {
  return equal(hash ?? '', createHash('sha256').update(body).digest('hex'));
}

function equal(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Twilio signs a URL with its port or without, as it was configured or as its parts of it spell it.
 * Its own library accepts each of them.
 */
function spellings(url: string): readonly string[] {
  const normal = new URL(url).toString();
  const ported = [url, normal].flatMap((one) => [withoutPort(one), withPort(one)]);
  const requoted = [withoutPort(normal), withPort(normal)].map(requote);
  return [...new Set([...ported, ...requoted])];
}

const parts =
  /^(?<scheme>[a-z][a-z\d+.-]*:\/\/)(?<user>[^/?#]*@)?(?<host>\[[^\]]*\]|[^/?#:]*)(?<port>:[^/?#]*)?(?<rest>.*)$/is;

function withoutPort(url: string): string {
  const { scheme = '', user = '', host = '', rest = '' } = parts.exec(url)?.groups ?? {};
  return scheme ? `${scheme}${user}${host}${rest}` : url;
}

function withPort(url: string): string {
  const { scheme = '', user = '', host = '', port, rest = '' } = parts.exec(url)?.groups ?? {};
  if (!scheme || port) return url;
  const usual = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return `${scheme}${user}${host}${usual}${rest}`;
}

/** The query with its values quoted as older systems do it. */
function requote(url: string): string {
  const [, before = '', query = ''] = /^([^?]*)\?(.+)$/s.exec(url) ?? [];
  return query ? `${before}?${stringify(parse(query, '&', '=', { maxKeys: 0 }))}` : url;
}
