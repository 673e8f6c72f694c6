import { Socket } from 'node:net';
import type { Connection } from 'mysql2';

/** The driver's own socket, over TLS the one that speaks it; its types do not tell of it. */
export function socketOf(connection: Connection): Socket | undefined {
  const socket: unknown = Reflect.get(connection, 'stream');
  return socket instanceof Socket ? socket : undefined;
}
