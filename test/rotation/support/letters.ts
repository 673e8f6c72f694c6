import { sqsDeadLetters } from '../../../src/aws/sqs-dead-letters.ts';
import { parseReconcileEvent } from '../../../src/handlers/event.ts';
import type { ReconcileEvent } from '../../../src/rotation/bookings.ts';
import { dailyRun } from '../../../src/rotation/daily-run.ts';
import type { DeadLetters } from '../../../src/rotation/dead-letters.ts';
import type { JournalEntry } from '../../../src/rotation/journal.ts';
import type { Invocation } from '../../../src/rotation/rotation.ts';
import { recorded } from '../../../src/rotation/run-step.ts';
import { serveSqs } from '../../local/sqs/serve-sqs.ts';
import { startWorld, type WorldOptions } from './world.ts';

/** A world after a rotation, with a queue for dead letters in the SQS stand-in. */
export async function startPostOffice(options: WorldOptions = {}) {
  const world = await startWorld(options);
  await world.rotate();
  world.timeline.clear();
  world.entries.length = 0;
  const { queue, client, queueUrl } = await serveSqs(world.clock);
  const booked = world.booked.find(({ purpose }) => purpose.startsWith('retire'))?.event;
  if (!booked) throw new Error('The rotation booked nothing');

  return {
    world,
    queue,
    /** What the rotation booked for the end of its grace. */
    booked,
    /** A letter as Scheduler writes it. */
    put: (event: unknown) => queue.send({ body: JSON.stringify(event) }).id,
    putText: (body: string) => queue.send({ body }).id,

    /** A daily run, as an invocation of its own. `through` stands between it and the queue. */
    daily(
      changes: Partial<Invocation> = {},
      through: (deadLetters: DeadLetters) => DeadLetters = (same) => same,
    ): Promise<void> {
      const invocation = world.invocation('reconcile', changes);
      const { signal, remainingMs: livesForMs } = invocation;
      const letters = sqsDeadLetters(async () => client, queueUrl, { signal, livesForMs });
      const deadLetters = through(letters);
      const event: ReconcileEvent = { secret: invocation.secretId };
      return recorded(invocation, () =>
        dailyRun(invocation, event, { deadLetters, readEvent: parseReconcileEvent }),
      );
    },

    /** The bodies of the letters that the next run would get. */
    left: (): unknown[] => queue.visible().map(({ body }) => body),
    /** What became of each letter, in order. */
    outcomes: () => world.entries.filter(isOfLetter).map(({ outcome }) => outcome),
    counts: () => world.entries.filter(isCount).map(({ seen, left }) => ({ seen, left })),
  };
}

export type PostOffice = Awaited<ReturnType<typeof startPostOffice>>;

const isOfLetter = (entry: JournalEntry) => entry.kind === 'dead-letter';
const isCount = (entry: JournalEntry) => entry.kind === 'dead-letters';
