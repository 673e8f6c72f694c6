import { randomUUID } from 'node:crypto';
import Keygrip from 'keygrip';
import { signingKeys } from '../../app/index.ts';
import type { Consumer } from './consumer.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a session is away before it is verified, in ms, so that a rotation comes between. */
const idleMs = 1_000;

interface Session {
  readonly id: string;
  readonly signature: string;
  readonly at: number;
}

/** Sessions that are signed with SECRET_KEY, and verified a second later. */
export function sessions({ read, secrets }: Surroundings): Consumer {
  const keygrip = new Keygrip(signingKeys('SECRET_KEY', { secrets }));
  const [bareOnes, applicationOnes] = [new Sessions(), new Sessions()];
  return {
    async bare() {
      const { SECRET_KEY: key } = await read();
      bareOnes.visit(new Keygrip([String(key)]));
    },
    application: async () => applicationOnes.visit(keygrip),
  };
}

/** What visitors hold, the oldest first. */
class Sessions {
  readonly #all: Session[] = [];

  /** A new visitor comes, and those of a second ago come back. Throws where one of them is logged out. */
  visit(keys: Keygrip): void {
    const [id, at] = [randomUUID(), Date.now()];
    this.#all.push({ id, signature: keys.sign(id), at });
    // All that are due: after a pause of the consumer one a visit would leave the rest to outlive its key.
    const waiting = this.#all.findIndex((session) => at - session.at < idleMs);
    const due = this.#all.splice(0, waiting);
    if (!due.every(({ id: name, signature }) => keys.verify(name, signature))) {
      throw new Error('A session was not verified.');
    }
  }
}
