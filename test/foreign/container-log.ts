import type { Duplex } from 'node:stream';

/** What a container prints, as Docker passes it on. */
export interface ContainerLog {
  readonly write: (line: string) => void;
  /** Sends all there is, and then what comes. */
  readonly attach: (socket: Duplex) => void;
  readonly end: () => void;
}

export function createLog(): ContainerLog {
  const frames: Buffer[] = [];
  const sockets = new Set<Duplex>();

  return {
    write(line) {
      const framed = frame(`${line}\n`);
      frames.push(framed);
      for (const socket of sockets) socket.write(framed);
    },
    attach(socket) {
      for (const framed of frames) socket.write(framed);
      sockets.add(socket);
      socket.on('error', () => sockets.delete(socket) /* the client has gone */);
    },
    end() {
      for (const socket of sockets) socket.end();
    },
  };
}

/** Docker's frame: 1 for standard output, three zeros, the length, the text. */
function frame(text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}
