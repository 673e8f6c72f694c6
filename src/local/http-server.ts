import { once } from 'node:events';
import { createAdaptorServer, type ServerType } from '@hono/node-server';

/** Answers one request. What it throws becomes an empty 500; nothing of it reaches the client. */
export type HttpHandler = (request: Request) => Promise<Response> | Response;

export interface HttpServer {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection at once, the ones under way too. May be called twice. */
  close(): Promise<void>;
}

/** A port that something else listens on. The message names the port and what to do. */
export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(
      `Port ${port} is in use. Stop what listens there, or choose another port (0 takes a free one).`,
      options,
    );
    this.name = 'PortInUseError';
    this.port = port;
  }
}

/** Serves `fetch` over HTTP. Port 0 takes a free one. Throws PortInUseError. */
export async function serveHttp(
  fetch: HttpHandler,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<HttpServer> {
  const server = createAdaptorServer({
    fetch: answering(fetch),
    hostname: host,
    overrideGlobalObjects: false,
  });
  const bound = await listen(server, host, port);
  let closed: Promise<void> | undefined;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () => (closed ??= close(server)),
  };
}

/** The server library prints what a handler throws, and that may hold a value. */
function answering(fetch: HttpHandler): HttpHandler {
  return async (request) => {
    try {
      return await fetch(request);
    } catch {
      return new Response(null, { status: 500 });
    }
  };
}

async function listen(server: ServerType, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new PortInUseError(port, { cause: error });
    throw error;
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
