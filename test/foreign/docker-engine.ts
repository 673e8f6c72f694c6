import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { createContainer, type Container, type CreateRequest, createRequest } from './container.ts';

/** As much of Docker's Engine API as `sam local invoke` asks for. */
export interface DockerEngine extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly url: string;
  /** What containers were asked for, the oldest first. */
  readonly asked: readonly CreateRequest[];
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** One image is there, which is up to date, and a container is a process; see `createContainer`. */
export async function startDockerEngine(gateway: string): Promise<DockerEngine> {
  const containers = new Map<string, Container>();
  const asked: CreateRequest[] = [];
  const server = createServer((request, response) => void respond(request, response));

  // Docker takes the connection over: from here on it carries the container's log, framed.
  server.on('upgrade', ({ url = '' }, socket) => {
    socket.write(
      'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n' +
        'Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    );
    containers.get(containerIn(url))?.attach(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname } = new URL(url, 'http://docker');
    const path = pathname.replace(/^\/v[\d.]+/, '');
    const [status, content] = await answer({ method, path, body: await text(request) });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(content === undefined ? '' : JSON.stringify(content));
  }

  async function answer({ method, path, body }: Call): Promise<readonly [number, unknown?]> {
    if (path === '/_ping') return [200];
    if (path.startsWith('/images/')) return [200, { Id: 'sha256:1', RepoDigests: ['it@sha256:1'] }];
    if (path.startsWith('/distribution/')) return [200, { Descriptor: { digest: 'sha256:1' } }];
    if (path === '/containers/create') {
      const wanted = v.parse(createRequest, JSON.parse(body));
      const id = String(asked.push(wanted));
      containers.set(id, createContainer(wanted, gateway));
      return [201, { Id: id, Warnings: [] }];
    }
    const container = containers.get(containerIn(path));
    if (!container) return [404, { message: `The stand-in does not know ${method} ${path}.` }];
    if (path.endsWith('/json')) return [200, { ...container.inspect(), Id: containerIn(path) }];
    if (path.endsWith('/start')) await container.start();
    if (method === 'DELETE') await container.stop();
    return [204];
  }

  return {
    url: `tcp://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const container of containers.values()) await container.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

const containerIn = (path: string) => /\/containers\/(\w+)/.exec(path)?.[1] ?? '';
