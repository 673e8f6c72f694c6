import { once } from 'node:events';
import { createServer } from 'node:net';
import { createConnection } from 'mariadb';
import mysql from 'mysql2/promise';
import { Client } from 'pg';
import postgres from 'postgres';

const nul = '\0';

/** What PostgreSQL answers to a login, on the wire. */
function postgresRefusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL${nul}VFATAL${nul}C${code}${nul}Mrefused${nul}${nul}`);
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** The same of MySQL and MariaDB. */
function mysqlRefusal(code: number, state: string): Buffer {
  const number = Buffer.alloc(3, 0xff);
  number.writeUInt16LE(code, 1);
  const body = Buffer.concat([number, Buffer.from(`#${state}refused`)]);
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
}

/** What a client throws at a server that answers so. */
async function refused(
  { answer, speaksFirst }: { readonly answer: Buffer; readonly speaksFirst: boolean },
  logIn: (port: number) => Promise<unknown>,
): Promise<unknown> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (speaksFirst) socket.end(answer);
    else socket.once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await logIn(typeof address === 'object' ? (address?.port ?? 0) : 0).then(
      () => undefined,
      (error: unknown) => error,
    );
  } finally {
    server.close();
  }
}

const host = '127.0.0.1';
const user = 'app';
const password = 'x';

/** The error of a real client, by its package's name, for a code of the server's. */
export const errorOf = {
  pg: (code: string) =>
    refused({ answer: postgresRefusal(code), speaksFirst: false }, (port) =>
      new Client({ host, port, user, password }).connect(),
    ),
  postgres: (code: string) =>
    refused(
      { answer: postgresRefusal(code), speaksFirst: false },
      (port) =>
        postgres({ host, port, user, password, max: 1, onnotice: () => undefined })`select 1`,
    ),
  mysql2: (code: number, state: string) =>
    refused({ answer: mysqlRefusal(code, state), speaksFirst: true }, (port) =>
      mysql.createConnection({ host, port, user, password }),
    ),
  mariadb: (code: number, state: string) =>
    refused({ answer: mysqlRefusal(code, state), speaksFirst: true }, (port) =>
      createConnection({ host, port, user, password }),
    ),
};
