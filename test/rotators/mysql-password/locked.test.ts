import { expect, onTestFinished, test } from 'vitest';
import { locked } from '../../../src/rotators/mysql-password/locked.ts';
import { expectTold } from '../../support/expect-told.ts';
import { openSession, type MysqlGround } from '../../support/mysql-system.ts';
import { onServer } from './support.ts';

const account = { user: `a very long name of a user`, host: '%' };

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test('waits for the run that holds the lock, and gives up after four seconds', async () => {
      const [one, other] = [await session(ground()), await session(ground())];
      const began = performance.now();

      const failure = await locked(one, account, () =>
        locked(other, account, async () => undefined).catch((error: unknown) => error),
      );

      expectTold(failure, { code: 'DATABASE_BUSY' });
      expect(performance.now() - began).toBeGreaterThan(3_900);
    });

    test('goes on as soon as that session has ended, however it did', async () => {
      const [one, other] = [await session(ground()), await session(ground())];
      await locked(one, account, async () => undefined);

      const waiting = locked(other, account, async () => 'done');
      await one.close();

      expect(await waiting).toBe('done');
    });

    test('holds nobody up who changes another account', async () => {
      const [one, other] = [await session(ground()), await session(ground())];
      const elsewhere = { ...account, host: 'localhost' };

      const done = await locked(one, account, () => locked(other, elsewhere, async () => 'done'));

      expect(done).toBe('done');
    });

    test('is lost by a run that froze, since the server ends its session', async () => {
      const one = await session(ground());

      const [row] = await locked(one, account, () => one.query('SELECT @@wait_timeout AS seconds'));

      expect(row).toEqual({ seconds: 30 });
    });
  });
}

async function session(ground: MysqlGround) {
  const { user, password } = ground.server.admin;
  const opened = await openSession(ground, user, password);
  onTestFinished(() => opened.close());
  return opened;
}
