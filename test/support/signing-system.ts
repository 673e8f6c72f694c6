import { createHmac, randomUUID } from 'node:crypto';
import { textsIn } from '../../src/rotation/redaction.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { randomKey } from '../../src/rotators/random-key.ts';
import { randomText } from '../../src/rotators/random-text.ts';
import { bind } from './bind.ts';
import type { System } from './contract/fixture.ts';

const sign = (session: string, key: string) =>
  createHmac('sha256', key).update(session).digest('hex');

/** An application that signs sessions with its newest key, and verifies with the fallbacks too. */
export class SigningApplication {
  #secret: Credential;

  constructor(secret: Credential) {
    this.#secret = secret;
  }

  /** It reads its secret again. */
  reload(secret: Credential): void {
    this.#secret = secret;
  }

  signIn(): { readonly session: string; readonly signature: string } {
    const session = randomUUID();
    return { session, signature: sign(session, this.#keys[0] ?? '') };
  }

  knows({ session, signature }: { session: string; signature: string }): boolean {
    return this.#keys.some((key) => sign(session, key) === signature);
  }

  get #keys(): readonly string[] {
    const { SECRET_KEY: newest, SECRET_KEY_FALLBACKS: fallbacks } = this.#secret;
    return [...textsIn(newest), ...textsIn(fallbacks)];
  }
}

/** The application is the system: a key works while sessions that were signed with it are known. */
export async function buildSigning(): Promise<System> {
  const current: Credential = { SECRET_KEY: randomText(50) };
  const application = new SigningApplication(current);

  return {
    current,
    wrong: { SECRET_KEY: randomText(50) },
    rotator: async () => bind(randomKey, { key: 'SECRET_KEY' }),
    works: async (credential) => application.knows(new SigningApplication(credential).signIn()),
    publish: (credential) => application.reload(credential),
    state: async () => application.signIn().signature.length,
    settled: async () => undefined,
    close: async () => undefined,
  };
}
