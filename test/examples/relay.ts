import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut, and mended at the same port. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  open(): Promise<void>;
  close(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Opens a line to a server. */
export async function relayTo(target: Address): Promise<Relay> {
  const sockets = new Set<Socket>();
  const line = { server: undefined as Server | undefined, port: 0 };

  function pass(near: Socket): void {
    const far = connect(target.port, target.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // A cut is what it is for.
      socket.on('error', () => other.destroy());
      socket.on('close', () => void sockets.delete(socket));
      socket.pipe(other);
    }
  }
  async function open() {
    line.server = createServer(pass).listen(line.port, '127.0.0.1');
    await once(line.server, 'listening');
    const address = line.server.address();
    if (typeof address === 'object' && address) line.port = address.port;
  }
  async function close() {
    const { server } = line;
    if (!server?.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  }

  await open();
  return { port: line.port, open, close, [Symbol.asyncDispose]: close };
}
