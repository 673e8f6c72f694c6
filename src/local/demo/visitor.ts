/** An answer other than the expected one. The body is the application's own JSON, without any value. */
class UnexpectedAnswer extends Error {
  constructor(request: string, status: number, body: string) {
    super(`${request} was answered with ${status}: ${body.slice(0, 200)}`);
    this.name = 'UnexpectedAnswer';
  }
}

export interface VisitorOptions {
  /** Where the application is, without a slash at the end. */
  readonly url: string;
  /** Ends requests under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Somebody with a browser: keeps the cookies that the application sets, and sends them back. */
export class Visitor {
  readonly #options: VisitorOptions;
  readonly #cookies = new Map<string, string>();

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** What a browser would send in the header of that name. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Answers the JSON. Throws where the status is another than the 200s, or nothing came for a minute and a half. */
  get(path: string): Promise<unknown> {
    return this.#ask('GET', path);
  }

  /** The same, with a body as JSON. */
  post(path: string, body: object = {}): Promise<unknown> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  async #ask(method: string, path: string, json?: string): Promise<unknown> {
    const { url, signal } = this.#options;
    const limits = [AbortSignal.timeout(90_000), ...(signal ? [signal] : [])];
    const answer = await fetch(url + path, {
      method,
      headers: { cookie: this.cookie, ...(json && { 'content-type': 'application/json' }) },
      ...(json && { body: json }),
      signal: AbortSignal.any(limits),
    });
    const body = await answer.text();
    if (!answer.ok) throw new UnexpectedAnswer(`${method} ${path}`, answer.status, body);
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return JSON.parse(body);
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
