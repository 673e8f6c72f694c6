import type { Clock } from '../../rotation/clock.ts';
import { RotationError } from '../../rotation/errors.ts';
import type { Verdict } from '../../rotation/rotator.ts';
import type { RdsDatabase, RdsState } from './rds.ts';

/** The time a switch may take, all its waits together. */
export interface Wait {
  readonly clock: Clock;
  /** In ms of that clock. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves as soon as a login with the new password succeeds. RDS applies it at a time of its own
 * and may report `available` before that, so nothing but a login tells.
 */
export const untilAccepted = (logIn: () => Promise<Verdict>, wait: Wait) =>
  poll(wait, { firstMs: 100, longestMs: 500 }, () =>
    answered(async () => (await logIn()) === 'accepted'),
  );

/**
 * The same for engines that block a user after wrong passwords: a login is tried only when RDS says
 * that it is through, and then seldom. That the user is blocked passes.
 */
export async function untilAcceptedAfterReset(
  database: RdsDatabase,
  logIn: () => Promise<Verdict>,
  wait: Wait,
): Promise<void> {
  await untilReset(database, wait);
  await poll(wait, { firstMs: 1_000, longestMs: 5_000 }, () =>
    answered(async () => (await logIn()) === 'accepted', passingWhereBlocked),
  );
}

/** Resolves when no reset is under way that could still put a password in force. */
export const untilQuiet = (describe: () => Promise<RdsState>, wait: Wait) =>
  poll(wait, pace, async () => !underWay(await describe()));

/** For where no login is possible: resolves when RDS was seen to begin the reset, and to end it. */
export async function untilReset(database: RdsDatabase, wait: Wait): Promise<void> {
  const described = (holds: (state: RdsState) => boolean) =>
    poll(wait, pace, () => answered(async () => holds(await database.describe(wait.signal))));

  await described(underWay);
  await described((state) => !underWay(state) && state.status === 'available');
}

const pace = { firstMs: 250, longestMs: 2_000 };

async function poll(
  { clock, until, signal }: Wait,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
  done: () => Promise<boolean>,
): Promise<void> {
  for (let pause = firstMs; !(await done()); pause = Math.min(pause * 1.3, longestMs)) {
    if (clock.now().getTime() + pause > until) throw unfinished();
    await clock.sleep(pause, signal);
  }
}

/** The reset has been asked for by now, so a question without an answer is asked again. */
async function answered(
  ask: () => Promise<boolean>,
  passes: ReadonlySet<string> = passing,
): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RotationError && passes.has(error.code)) return false;
    throw error;
  }
}

const passing: ReadonlySet<string> = new Set(['UNREACHABLE', 'THROTTLED']);

const passingWhereBlocked: ReadonlySet<string> = new Set([
  ...passing,
  'CANNOT_TELL',
  'DATABASE_BUSY',
]);

const unfinished = () =>
  new RotationError(
    'SWITCH_UNFINISHED',
    'RDS took a new master password but did not put it in force in time. It is tried again by ' +
      'itself; the recovery that is booked ends the gap. Look at the events of the database.',
  );

const underWay = ({ status, passwordPending }: RdsState) =>
  passwordPending || status === 'resetting-master-credentials';
