import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { dealWithLetter, type Judging } from './deal-with-letter.ts';
import { forEvery } from './for-every.ts';
import type { Invocation } from './rotation.ts';

/** How many letters one run takes, give or take: what is beyond them waits for the next. */
const most = 50;

/**
 * Makes the calls again that were given up, and deletes the letters of those that are done; the
 * others are there for the next run. Looks after every letter, whatever becomes of the others,
 * then throws the first failure. Reports how many were seen and are left, unless they could not
 * all be read. May run twice, or beside another run of the same.
 */
export async function retryDeadLetters(
  invocation: Invocation,
  deadLetters: DeadLetters,
  judging: Omit<Judging, 'names'>,
): Promise<void> {
  const { step, journal } = invocation;
  const seen: DeadLetter[] = [];
  const gone = new Set<DeadLetter>();
  const left = () => seen.filter((letter) => !gone.has(letter));
  let complete = false;

  const take = async () => {
    await takeInto(seen, deadLetters);
    complete = true;
  };
  const dealWithAll = async () => {
    if (seen.length === 0) return;
    const names = await namesOf(invocation);
    await forEvery(seen, async (letter) => {
      const outcome = await dealWithLetter(invocation, { ...judging, names }, letter);
      if (outcome === 'gone') gone.add(letter);
    });
  };
  const releaseAll = async () => {
    const counts = { seen: seen.length, left: left().length };
    if (complete) journal.record({ kind: 'dead-letters', step, ...counts });
    await forEvery(left(), (letter) => letter.release());
  };
  await forEvery([take, dealWithAll, releaseAll], (part) => part());
}

/** None is released before all are taken, or the same would come again. */
async function takeInto(letters: DeadLetter[], deadLetters: DeadLetters): Promise<void> {
  while (letters.length < most) {
    const taken = await deadLetters.take();
    if (taken.length === 0) return;
    letters.push(...taken);
  }
}

/** A person may call the secret by its name; bookings and the daily run do by its ARN. */
async function namesOf({ secretId, secret }: Invocation): Promise<ReadonlySet<string>> {
  const { arn, name } = await secret.describe();
  return new Set([secretId, arn, name]);
}
