import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isAuthError, withAuthRetry } from '../../src/app/index.ts';
import { localSecrets, type LocalSecrets } from '../cli/local-secrets.ts';
import type { OpenPool, Where } from './opened-pool.ts';
import { first, passwordSecret, second } from './password-secret.ts';

/** A server with a user whose password these tests change. */
export interface ServerWithUser {
  readonly where: Where;
  setPassword(password: string): Promise<void>;
  stop(): Promise<void>;
}

interface Situation {
  /** Connections at most. */
  readonly limit?: number;
  /** What the server has. AWSCURRENT has the first. */
  readonly password?: string;
  /** What AWSPENDING has, if there is one. */
  readonly pending?: string;
}

/** The server has switched, and the label has not moved yet. */
export const inGap: Situation = { password: second, pending: second };

type Drivers = Readonly<Record<string, OpenPool>>;

/** What holds for the pools of every driver, and for many requests at once where it does. */
export function testRotatedPasswords(
  start: () => Promise<ServerWithUser>,
  drivers: Drivers,
  sharing = drivers,
) {
  let server: ServerWithUser;
  let local: LocalSecrets;

  beforeAll(async () => {
    [server, local] = await Promise.all([start(), localSecrets()]);
  });
  afterAll(() => Promise.all([server.stop(), local.close()]));

  async function opened(openPool: OpenPool, situation: Situation = {}) {
    const { limit = 3, password = first, pending } = situation;
    const secret = await passwordSecret(local);
    if (pending !== undefined) await secret.makePending(pending);
    await server.setPassword(password);
    const pool = openPool({ ...server.where, secrets: secret.secrets, limit });
    onTestFinished(async () => void (await pool.end()));
    return { ...secret, pool, setPassword: (next: string) => server.setPassword(next) };
  }

  test.for(Object.entries(drivers))(
    'with %s, new connections take the new password, and those that are open stay',
    async ([, openPool]) => {
      const { pool, makePending, setPassword, commit, secrets } = await opened(openPool);
      const before = await pool.take();
      const id = await before.ask();

      await makePending(second);
      await setPassword(second);
      await commit();
      await secrets.refresh();
      const after = await pool.take();

      expect(await after.ask()).not.toBe(id);
      expect(await before.ask()).toBe(id);
      await Promise.all([before.giveBack(), after.giveBack()]);
    },
  );

  test.for(Object.entries(drivers))(
    'with %s, withAuthRetry gets through a switch gap',
    async ([, openPool]) => {
      const { pool, commit, secrets } = await opened(openPool, inGap);

      const inTheGap = await withAuthRetry(() => pool.ask(), { secrets });
      await commit();
      const afterIt = await withAuthRetry(() => pool.ask(), { secrets });

      expect(inTheGap).toMatch(/^\d+$/);
      expect(afterIt).toBe(inTheGap);
    },
  );

  test.for(Object.entries(sharing))(
    'with %s, many requests that share one connection get through a switch gap',
    async ([, openPool]) => {
      const { pool, secrets } = await opened(openPool, { ...inGap, limit: 1 });

      const asked = Array.from({ length: 8 }, () =>
        withAuthRetry(() => pool.ask(), { secrets, withinMs: 10_000 }),
      );

      expect(await Promise.allSettled(asked)).toEqual(
        asked.map(() => ({ status: 'fulfilled', value: expect.stringMatching(/^\d+$/) })),
      );
    },
  );

  test.for(Object.entries(drivers))(
    'with %s, a wrong password is an error that isAuthError knows',
    async ([, openPool]) => {
      const { pool } = await opened(openPool, { password: 'of nobody' });

      const refusal = await pool.ask().then(
        () => undefined,
        (error: unknown) => error,
      );

      expect(refusal).toBeInstanceOf(Error);
      expect(isAuthError(refusal)).toBe(true);
      expect(JSON.stringify(refusal) + String(refusal)).not.toContain(first);
    },
  );

  /** An application with its pool, until the test ends. */
  return opened;
}
