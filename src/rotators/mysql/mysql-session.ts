import type { Connection } from 'mysql2';
import type { LogInRequest, Row, Session } from '../database/server.ts';
import { statementFailure } from './answers.ts';
import { socketOf } from './socket.ts';

/** A login or a statement that takes longer than this counts as no answer, in ms. */
export const timeoutMs = 5_000;

/** Fires where the function's time is up, or the server's. */
export const within = (signal: AbortSignal) =>
  AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);

/**
 * A session in which texts are quoted safely: the driver puts a backslash before a quote, so the
 * server must take backslashes and quotes as MySQL does, in the character set of the driver.
 */
export async function openSession(connection: Connection, request: LogInRequest): Promise<Session> {
  const session = sessionOf(connection, request);
  try {
    await session.query("SET NAMES utf8mb4, SESSION sql_mode = ''");
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

const sessionOf = (connection: Connection, request: LogInRequest): Session => ({
  async query(text, values = []) {
    const stop = within(request.signal);
    const stopped = Promise.withResolvers<never>();
    const end = () => {
      cut(connection);
      stopped.reject();
    };
    stop.addEventListener('abort', end, { once: true });
    try {
      stop.throwIfAborted();
      const sent = connection.promise().query(text, [...values]);
      const [rows] = await Promise.race([sent, stopped.promise]);
      return Array.isArray(rows) ? rows.map(asRow) : [];
    } catch (error) {
      throw statementFailure(stop.aborted ? undefined : error, request, connection);
    } finally {
      stop.removeEventListener('abort', end);
    }
  },
  async close() {
    hangUp(connection);
  },
});

const asRow = (row: object): Row => Object.fromEntries(Object.entries(row));

/** Says goodbye, so that the server counts no broken connection, and does not wait for an answer. */
export function hangUp(connection: Connection): void {
  connection.end(() => undefined);
  socketOf(connection)?.destroySoon();
}

/** Breaks the connection at once, whatever is under way on it. */
export const cut = (connection: Connection): void => void socketOf(connection)?.destroy();
