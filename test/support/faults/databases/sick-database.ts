import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Ports on which a database is what no test wants to make of the real one. */
export interface SickDatabase {
  /** Takes connections and says nothing until it ends them. */
  readonly cutting: number;
  /** Answers as a server with too many connections does. */
  readonly full: number;
  /** Answers as a server that lets nobody in from there does. */
  readonly closed: number;
  /** A port where nobody listens. */
  readonly gone: number;
  stop(): Promise<void>;
}

type Serve = (socket: Socket) => void;

/** What a sick server of one kind says. */
interface Sickness {
  readonly cutting: Serve;
  readonly full: Serve;
  readonly closed: Serve;
}

/** An ErrorResponse; https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const postgresRefusal =
  (code: string, message: string): Serve =>
  (socket) => {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    socket.once('data', () => socket.end(Buffer.concat([head, fields])));
  };

export const postgresSickness: Sickness = {
  cutting: (socket) => socket.once('data', () => socket.destroy()),
  full: postgresRefusal('53300', 'sorry, too many clients already'),
  closed: postgresRefusal('28000', 'no pg_hba.conf entry for host'),
};

/** An ERR_Packet in the place of the greeting; a server of MySQL's kind speaks first. */
const mysqlRefusal =
  (number: number, message: string): Serve =>
  (socket) => {
    const text = Buffer.from(message);
    const head = Buffer.alloc(7);
    head.writeUIntLE(text.length + 3, 0, 3);
    head.writeUInt8(0xff, 4);
    head.writeUInt16LE(number, 5);
    socket.end(Buffer.concat([head, text]));
  };

export const mysqlSickness: Sickness = {
  cutting: (socket) => socket.destroy(),
  full: mysqlRefusal(1040, 'Too many connections'),
  closed: mysqlRefusal(1130, 'Host is not allowed to connect to this server'),
};

export async function startSickDatabase(sickness: Sickness): Promise<SickDatabase> {
  const servers = await Promise.all([
    listening(sickness.cutting),
    listening(sickness.full),
    listening(sickness.closed),
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

async function listening(serve: Serve): Promise<Server> {
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
