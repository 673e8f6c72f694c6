import type { Client } from 'pg';
import { RotationError } from '../../rotation/errors.ts';
import type { DatabaseServer, LogInRequest, Session } from '../database/server.ts';
import { tlsOptions } from '../database/tls-options.ts';
import { loginAnswer, noSession, notAsked, statementFailure, type LoginAnswer } from './answers.ts';

/** A login or a statement that takes longer than this counts as no answer, in ms. */
const timeoutMs = 5_000;

/** PostgreSQL by `pg`, which is loaded on first use. */
export const postgresServer: DatabaseServer = {
  async logIn(request) {
    const answer = await connect(request);
    if ('verdict' in answer) return answer.verdict;
    await answer.close();
    return 'accepted';
  },

  async open(request) {
    const answer = await connect(request);
    if (!('verdict' in answer)) return answer;
    if (answer.verdict === 'rejected') return answer.verdict;
    throw noSession(answer.code, request);
  },
};

async function connect(request: LogInRequest): Promise<Session | LoginAnswer> {
  assertSendable(request);
  const client = await clientFor(request);
  const asked = askedForPassword(client);
  try {
    await inTime(client, request.signal, () => client.connect());
  } catch (error) {
    cut(client);
    return loginAnswer(error, request, asked());
  }
  if (asked()) return sessionOf(client, request);
  cut(client);
  throw notAsked(request);
}

/** In PostgreSQL's protocol a NUL ends a name, and what follows would be read as something else. */
function assertSendable({ user, database, password }: LogInRequest): void {
  if (![user, database, password].some((text) => text.includes('\0'))) return;
  throw new RotationError(
    'KEY_UNUSABLE',
    "The name of the user, that of the database, or the password holds a NUL, which PostgreSQL's never do. " +
      'Correct the secret, or rotation.config.ts, and rotate again.',
  );
}

async function clientFor(request: LogInRequest): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: request.host,
    port: request.port,
    user: request.user,
    password: request.password,
    database: request.database,
    ssl: request.tls === 'verify' && tlsOptions(request),
    application_name: 'keyturn',
  });
  // Without a listener an error on the idle connection would end the process.
  client.on('error', () => undefined);
  return client;
}

/** Tells whether the server has wanted a password by now. */
function askedForPassword({ connection }: Client): () => boolean {
  let asked = false;
  const events = ['CleartextPassword', 'MD5Password', 'SASL'];
  for (const name of events) connection.once(`authentication${name}`, () => (asked = true));
  return () => asked;
}

const sessionOf = (client: Client, request: LogInRequest): Session => ({
  async query(text, values = []) {
    try {
      const result = await inTime(client, request.signal, () => client.query(text, [...values]));
      return result.rows;
    } catch (error) {
      throw statementFailure(error, request);
    }
  },
  async close() {
    // `end` waits for the server to close the connection, and so for ever where it is gone.
    await inTime(client, request.signal, () => client.end()).catch(() => undefined);
    cut(client);
  },
});

/** Cuts the connection where the work takes too long, which fails it. */
async function inTime<R>(client: Client, signal: AbortSignal, work: () => Promise<R>): Promise<R> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const end = () => cut(client);
  stop.addEventListener('abort', end, { once: true });
  try {
    stop.throwIfAborted();
    return await work();
  } finally {
    stop.removeEventListener('abort', end);
  }
}

const cut = (client: Client) => void client.connection.stream.destroy();
