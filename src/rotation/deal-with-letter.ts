import { isDaily, type ReconcileEvent } from './bookings.ts';
import type { DeadLetter } from './dead-letters.ts';
import { codeOf, outOfTime, RotationError } from './errors.ts';
import type { LetterOutcome } from './journal.ts';
import { reconcile } from './reconcile.ts';
import type { Invocation } from './rotation.ts';

/** The time, in ms, without which no call is made again. */
const leastMs = 20_000;

/** What letters are judged by. */
export interface Judging {
  /** Reads the event of a letter. Throws `EVENT_INVALID`, naming fields and no content. */
  readonly readEvent: (event: unknown) => ReconcileEvent;
  /** What events may call the secret of this run. */
  readonly names: ReadonlySet<string>;
  /** Whether this run has done what a daily run is called for. */
  readonly dailyDone: boolean;
}

/**
 * Makes the call of one letter again, and deletes the letter only then: a crash in between has it
 * made once more. Leaves letters of another secret and those that cannot be read. The call of a
 * daily run is not made again, since this is one: else each would leave the next one more to do.
 * Throws what fails.
 */
export async function dealWithLetter(
  invocation: Invocation,
  { readEvent, names, dailyDone }: Judging,
  letter: DeadLetter,
): Promise<'gone' | 'left'> {
  const report = reporterOf(invocation, letter);
  const event = readable(readEvent, letter);
  if (event instanceof RotationError) return report('unreadable', event);
  if (!names.has(event.secret)) return report('of-another-secret');
  if (isDaily(event) && !dailyDone) return report('not-done');

  try {
    if (!isDaily(event)) await callAgain(invocation, event);
    await letter.remove();
  } catch (error) {
    report('failed', error);
    throw error;
  }
  return report('done');
}

function readable(
  readEvent: Judging['readEvent'],
  { event }: DeadLetter,
): ReconcileEvent | RotationError {
  try {
    return readEvent(event);
  } catch (error) {
    if (error instanceof RotationError) return error;
    throw error;
  }
}

async function callAgain(invocation: Invocation, event: ReconcileEvent): Promise<void> {
  if (invocation.remainingMs() < leastMs) throw outOfTime();
  await reconcile(invocation, event);
}

/** Reports what became of a letter, and answers whether it is gone. */
const reporterOf =
  ({ step, journal }: Invocation, { id }: DeadLetter) =>
  (outcome: LetterOutcome, error?: unknown): 'gone' | 'left' => {
    const ours = error instanceof RotationError ? error : undefined;
    journal.record({
      kind: 'dead-letter',
      step,
      letter: id,
      outcome,
      ...(error !== undefined && { code: codeOf(error) }),
      ...(ours && { reason: ours.message }),
    });
    return outcome === 'done' ? 'gone' : 'left';
  };
