import type { ReconcileEvent } from './bookings.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Judging } from './deal-with-letter.ts';
import { forEvery } from './for-every.ts';
import { reconcile } from './reconcile.ts';
import { retryDeadLetters } from './retry-dead-letters.ts';
import type { Invocation } from './rotation.ts';

/** The letters of calls that were given up, if they are kept anywhere. */
interface Correspondence {
  readonly deadLetters: DeadLetters | undefined;
  readonly readEvent: Judging['readEvent'];
}

/**
 * Looks after the secret, then after the calls that were given up: first what matters most, should
 * the time run out. Neither keeps the other from being done; throws the first failure of the two.
 */
export async function dailyRun(
  invocation: Invocation,
  event: ReconcileEvent,
  { deadLetters, readEvent }: Correspondence,
): Promise<void> {
  let dailyDone = false;
  const ownWork = async () => {
    await reconcile(invocation, event);
    dailyDone = true;
  };
  const givenUp = async () => {
    if (!deadLetters) return;
    await retryDeadLetters(invocation, deadLetters, { readEvent, dailyDone });
  };
  await forEvery([ownWork, givenUp], (part) => part());
}
