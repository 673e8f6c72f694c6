import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Ports on which a database is what no test wants to make of the real one. */
export interface SickDatabase {
  /** Takes connections and says nothing until it ends them. */
  readonly cutting: number;
  /** Answers as a server with too many connections does. */
  readonly full: number;
  /** Answers as a server whose pg_hba.conf has no entry for the caller does. */
  readonly closed: number;
  /** A port where nobody listens. */
  readonly gone: number;
  stop(): Promise<void>;
}

export async function startSickDatabase(): Promise<SickDatabase> {
  const servers = await Promise.all([
    listening((socket) => socket.once('data', () => socket.destroy())),
    listening(refusing('53300', 'sorry, too many clients already')),
    listening(refusing('28000', 'no pg_hba.conf entry for host')),
    listening(() => undefined),
  ]);
  const [cutting, full, closed, gone] = servers.map(portOf);
  await closedDown(servers[3]);
  return {
    cutting: cutting ?? 0,
    full: full ?? 0,
    closed: closed ?? 0,
    gone: gone ?? 0,
    stop: async () => {
      await Promise.all(servers.slice(0, 3).map(closedDown));
    },
  };
}

async function listening(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined /* cut by the client */);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

const closedDown = (server: Server | undefined) =>
  new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));

/** An ErrorResponse; https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const refusing = (code: string, message: string) => (socket: Socket) => {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  socket.once('data', () => socket.end(Buffer.concat([head, fields])));
};
