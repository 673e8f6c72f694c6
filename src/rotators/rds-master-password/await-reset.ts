import type { Clock } from '../../rotation/clock.ts';
import { RotationError } from '../../rotation/errors.ts';
import type { Verdict } from '../../rotation/rotator.ts';
import type { RdsDatabase, RdsState } from './rds.ts';

/** The state in which RDS puts a new master password in force. */
export const resetting = 'resetting-master-credentials';

/** How a reset is awaited: until when, in ms, and what must stay quiet when time is up. */
export interface Wait {
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves as soon as a login with the new password succeeds. RDS applies it at a time of its own
 * and may report `available` before that, so nothing but a login tells. A login without an answer
 * is tried again.
 */
export const untilAccepted = (logIn: () => Promise<Verdict>, wait: Wait) =>
  poll(wait, { firstMs: 100, longestMs: 500 }, async () => {
    try {
      return (await logIn()) === 'accepted';
    } catch (error) {
      if (error instanceof RotationError && error.code === 'UNREACHABLE') return false;
      throw error;
    }
  });

/** Resolves when RDS is ready for a change, or has put `to` in force by an earlier call. */
export const untilReady = (ready: () => Promise<boolean>, wait: Wait) =>
  poll(wait, { firstMs: 250, longestMs: 2_000 }, ready);

/** For where no login is possible: resolves when RDS was seen to begin the reset, and to end it. */
export async function untilReset(database: RdsDatabase, wait: Wait): Promise<void> {
  const pace = { firstMs: 250, longestMs: 2_000 };

  await poll(wait, pace, async () => underWay(await database.describe(wait.signal)));
  await poll(wait, pace, async () => {
    const state = await database.describe(wait.signal);
    return !underWay(state) && state.status === 'available';
  });
}

async function poll(
  { clock, budgetMs, signal }: Wait,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
  done: () => Promise<boolean>,
): Promise<void> {
  const until = clock.now().getTime() + budgetMs;
  for (let pause = firstMs; !(await done()); pause = Math.min(pause * 1.3, longestMs)) {
    if (clock.now().getTime() + pause > until) throw unfinished();
    await clock.sleep(pause, signal);
  }
}

const unfinished = () =>
  new RotationError(
    'SWITCH_UNFINISHED',
    'RDS took the new master password but did not put it in force in time. It is tried again by ' +
      'itself; the recovery that is booked ends the gap. Look at the events of the database.',
  );

const underWay = ({ status, passwordPending }: RdsState) => passwordPending || status === resetting;
