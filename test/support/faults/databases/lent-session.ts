import { connectionFailure } from '../../../../src/rotators/database/connection-failure.ts';
import type { LogInRequest, Session } from '../../../../src/rotators/database/server.ts';
import type { RealDatabase } from './real-database.ts';
import { shortestWait, withoutWaiting } from './statement.ts';
import type { Verdicts } from './verdicts.ts';

/** A real server as one world has it. */
export interface DatabasePlace {
  readonly database: RealDatabase;
  readonly verdicts: Verdicts;
}

/** A real session for as long as an invocation holds it. */
export class LentSession {
  readonly request: LogInRequest;
  readonly #place: DatabasePlace;
  readonly #session: Session;
  #released = false;

  constructor(place: DatabasePlace, request: LogInRequest, session: Session) {
    this.#place = place;
    this.request = request;
    this.#session = session;
  }

  get isReleased(): boolean {
    return this.#released;
  }

  get refused(): RealDatabase['refused'] {
    return this.#place.database.refused;
  }

  async run(text: string, values?: readonly string[]) {
    try {
      const rows = await this.#session.query(withoutWaiting(text), values);
      const more = shortestWait(text);
      if (more !== undefined) await this.#session.query(more);
      return rows;
    } finally {
      this.#place.verdicts.noteStatement(text);
    }
  }

  /** As a server does when the connection is gone: takes the transaction back, frees the locks. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#place.database.sessions.giveBack(this.request.user, this.#session);
  }

  async cut(): Promise<never> {
    await this.release();
    throw connectionFailure('ECONNRESET', this.request);
  }
}
