import type { LogInRequest } from '../../../../src/rotators/database/server.ts';
import { changesSomething } from './statement.ts';
import type { RealDatabase } from './real-database.ts';

type Verdict = 'accepted' | 'rejected';

/**
 * A real server's verdicts on the accounts of one world. A login is tried once for each password and
 * each state of the account as the server stores it, which is asked for after every change.
 */
export class Verdicts {
  readonly #database: RealDatabase;
  readonly #known = new Map<string, Verdict>();
  #stored = new Map<string, Promise<string>>();

  constructor(database: RealDatabase) {
    this.#database = database;
  }

  /** Some statement was run, by whomever: what is stored has to be asked for again. */
  noteStatement(text: string): void {
    if (changesSomething(text)) this.#stored = new Map();
  }

  async verdict(request: LogInRequest): Promise<Verdict> {
    const { user, password } = request;
    const stored = await this.#storedOf(user);
    const key = JSON.stringify([user, password, stored]);
    const known = this.#known.get(key);
    if (known) return known;
    const signal = new AbortController().signal;
    const verdict = await this.#database.client.logIn({ ...request, signal });
    // The account may have changed while it was asked.
    if ((await this.#database.storedOf(user)) === stored) this.#known.set(key, verdict);
    return verdict;
  }

  #storedOf(user: string): Promise<string> {
    const known = this.#stored.get(user) ?? this.#database.storedOf(user);
    this.#stored.set(user, known);
    return known;
  }
}
