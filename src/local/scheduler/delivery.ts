import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { ActAs } from '../iam/services.ts';
import type { LocalQueues } from '../queues.ts';
import { deadLetterOf, messageOf, type DeadLetter } from './dead-letter.ts';
import { groupArnOf, invokeTarget, type ScheduledEvent } from './invoke-target.ts';
import { exhaustion, waitAfter } from './retry-policy.ts';
import type { SchedulerBehaviour } from './scheduler-behaviour.ts';

/** One attempt at a delivery. */
export interface Delivery {
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly at: Date;
  readonly attempt: number;
  /** `gave-up` makes a dead letter. */
  readonly outcome: 'delivered' | 'will-retry' | 'gave-up';
  /** The name of what the target threw. */
  readonly errorName?: string;
}

export interface Deliveries {
  readonly deadLetters: readonly DeadLetter[];
  /** Delivers, with retries on the clock. Calls `whenOver` when it is delivered or given up. */
  deliver(event: ScheduledEvent, whenOver: () => void): void;
  onDelivery(listener: (delivery: Delivery) => void): () => void;
  /** Resolves when no function is running. A wait before a retry does not count. */
  idle(): Promise<void>;
  /** Calls off the retries and waits for the functions that run. */
  close(): Promise<void>;
}

interface Setting {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  readonly behaviour: SchedulerBehaviour;
  readonly queues: LocalQueues | undefined;
  readonly actAs: ActAs | undefined;
}

interface Attempt {
  readonly event: ScheduledEvent;
  readonly number: number;
  readonly started: Date;
  readonly whenOver: () => void;
}

export function createDeliveries(setting: Setting): Deliveries {
  const { clock, functions, behaviour, queues, actAs } = setting;
  const deadLetters: DeadLetter[] = [];
  const listeners = new Set<(delivery: Delivery) => void>();
  const running = new Set<Promise<void>>();
  const retries = new Set<() => void>();
  let closed = false;

  function start(attempt: Attempt): void {
    const run = make(attempt);
    running.add(run);
    void run.finally(() => running.delete(run));
  }

  async function make(attempt: Attempt): Promise<void> {
    const { event, number, started, whenOver } = attempt;
    const errorName = await invokeTarget({ functions, actAs }, event, number);
    if (errorName === undefined) {
      tell(attempt, 'delivered');
      return whenOver();
    }

    const wait = waitAfter(number, behaviour);
    const age = clock.now().getTime() - started.getTime() + wait;
    const exhausted = exhaustion(event.target, number, age);
    if (functions.has(event.target.Arn) && !exhausted) {
      tell(attempt, 'will-retry', errorName);
      return retryIn(wait, attempt);
    }
    const letter = deadLetterOf({ event, attempts: number, errorCode: errorName, exhausted });
    await bury(letter, event.target.RoleArn);
    tell(attempt, 'gave-up', errorName);
    whenOver();
  }

  async function bury(letter: DeadLetter, roleArn: string): Promise<void> {
    deadLetters.push(letter);
    const { queueArn } = letter;
    if (!queueArn || !queues) return;
    const send = { action: 'sqs:SendMessage', resource: queueArn };
    if (actAs && !(await actAs(roleArn, send, groupArnOf(letter.scheduleArn)))) return;
    queues.send(queueArn, messageOf(letter));
  }

  function retryIn(ms: number, attempt: Attempt): void {
    if (closed) return;
    const cancel = clock.after(ms, () => {
      retries.delete(cancel);
      start({ ...attempt, number: attempt.number + 1 });
    });
    retries.add(cancel);
  }

  function tell(attempt: Attempt, outcome: Delivery['outcome'], errorName?: string): void {
    const { scheduleArn, target } = attempt.event;
    const at = clock.now();
    for (const listener of listeners)
      listener({
        scheduleArn,
        targetArn: target.Arn,
        at,
        attempt: attempt.number,
        outcome,
        ...(errorName !== undefined && { errorName }),
      });
  }

  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    deadLetters,
    deliver: (event, whenOver) => start({ event, number: 1, started: clock.now(), whenOver }),
    onDelivery(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    idle,
    close() {
      closed = true;
      for (const cancel of retries) cancel();
      return idle();
    },
  };
}
