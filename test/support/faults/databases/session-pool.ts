import type {
  DatabaseServer,
  LogInRequest,
  Session,
} from '../../../../src/rotators/database/server.ts';

/**
 * Sessions of a real server, handed on from one invocation to the next of the same account: rolled
 * back and reset in between, as if each had logged in anew. A login takes longer than all that is
 * done in it.
 */
export class SessionPool {
  readonly #client: DatabaseServer;
  /** What makes a session as it was after its login, without locks or a transaction. */
  readonly #reset: readonly string[];
  readonly #idle = new Map<string, Session[]>();

  constructor(client: DatabaseServer, reset: readonly string[]) {
    this.#client = client;
    this.#reset = reset;
  }

  /** A session of an account whose password is known to be accepted. */
  async lend(request: LogInRequest): Promise<Session> {
    const idle = this.#idle.get(request.user)?.pop();
    if (idle) return idle;
    const session = await this.#client.open({ ...request, signal: new AbortController().signal });
    if (session === 'rejected') throw new Error(`${request.user} cannot log in to lend a session.`);
    return session;
  }

  async giveBack(user: string, session: Session): Promise<void> {
    try {
      for (const statement of this.#reset) await session.query(statement);
    } catch {
      // It broke, and is no good to anybody.
      return session.close();
    }
    this.#idle.set(user, [...(this.#idle.get(user) ?? []), session]);
  }

  /** Ends those of these accounts; of all where none is named. */
  async end(users: readonly string[] = [...this.#idle.keys()]): Promise<void> {
    const sessions = users.flatMap((user) => this.#idle.get(user) ?? []);
    for (const user of users) this.#idle.delete(user);
    await Promise.all(sessions.map((session) => session.close()));
  }
}
