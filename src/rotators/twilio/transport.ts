/** A request as the resources of Twilio's SDK make it. */
export interface TwilioRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The query. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** The form. */
  readonly data?: Readonly<Record<string, string>>;
}

export interface TwilioResponse {
  readonly statusCode: number;
  readonly body: unknown;
}

export interface Transport {
  request(request: TwilioRequest): Promise<TwilioResponse>;
}

/** Where Twilio is, and how patient its callers are. */
export interface TwilioSettings {
  /** Absent: Twilio's own hosts. */
  readonly baseUrl?: string | undefined;
  /** How long one answer may take, in ms. */
  readonly timeoutMs?: number;
}

/**
 * What carries the SDK's requests, with Node's fetch. The SDK's own client takes ten times as long
 * to load, cannot be aborted, and its errors hold the credentials they failed with.
 */
export function transport({
  username,
  password,
  signal,
  timeoutMs,
}: {
  readonly username: string;
  readonly password: string;
  readonly signal: AbortSignal;
  /** How long one answer may take, in ms. */
  readonly timeoutMs: number;
}): Transport {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    async request({ method, uri, headers, params, data }) {
      const response = await fetch(withQuery(uri, params), {
        method: method.toUpperCase(),
        headers: { ...headers, authorization },
        ...(data && { body: new URLSearchParams(data) }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return { statusCode: response.status, body: parsed(await response.text()) };
    },
  };
}

function withQuery(uri: string, params: TwilioRequest['params'] = {}): URL {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  return url;
}

/** A gateway between us and Twilio may answer in HTML; the SDK then goes by the status alone. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
