import type { LocalClock } from '../clock.ts';
import { type Database, resetting } from './database.ts';
import type { RdsBehaviour } from './rds-behaviour.ts';

/** How the reset of one password ended. */
export interface RdsReset {
  readonly identifier: string;
  readonly at: Date;
  readonly outcome: 'applied' | 'failed';
}

export interface PasswordResets {
  readonly done: readonly RdsReset[];
  /** Answers at once; the password is in force later. A second one takes a waiting one's place. */
  begin(database: Database, password: string): void;
  idle(): Promise<void>;
  /** Calls off what has not happened yet. */
  close(): Promise<void>;
}

/** What happens after the answer of ModifyDBInstance and ModifyDBCluster. */
export function createPasswordResets(clock: LocalClock, behaviour: RdsBehaviour): PasswordResets {
  const done: RdsReset[] = [];
  const waiting = new Map<Database, string>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function reset(database: Database): Promise<void> {
    await clock.sleep(behaviour.statusDelayMs, closing.signal);
    if (behaviour.showStatus) database.status = resetting;
    await clock.sleep(behaviour.resetMs, closing.signal);
    const outcome = await apply(database);
    done.push({ identifier: database.identifier, at: clock.now(), outcome });
    await clock.sleep(behaviour.settleMs, closing.signal);
    if (waiting.has(database)) return;
    database.password = 'settled';
    database.status = 'available';
  }

  async function apply(database: Database): Promise<RdsReset['outcome']> {
    const password = waiting.get(database);
    waiting.delete(database);
    if (password === undefined || behaviour.failReset) return 'failed';
    // RDS tells of a failed reset by an event only; the instance becomes available all the same.
    return database.applyMasterPassword(password).then(
      () => 'applied',
      () => 'failed',
    );
  }

  const idle = async () => {
    while (running.size > 0) await Promise.allSettled(running);
  };

  return {
    done,
    begin(database, password) {
      const alreadyWaiting = waiting.has(database);
      waiting.set(database, password);
      database.password = 'changing';
      if (alreadyWaiting) return;
      const run = reset(database).catch(() => undefined /* closed */);
      running.add(run);
      void run.then(() => running.delete(run));
    },
    idle,
    async close() {
      closing.abort();
      waiting.clear();
      await idle();
    },
  };
}
