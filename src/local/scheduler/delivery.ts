import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import { inputOf, invokeTarget, type ScheduledEvent } from './invoke-target.ts';
import { exhaustion, type Exhausted, waitAfter } from './retry-policy.ts';
import type { SchedulerBehaviour } from './scheduler-behaviour.ts';

/** One attempt at a delivery. */
export interface Delivery {
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly at: Date;
  readonly attempt: number;
  /** `gave-up` makes a dead letter. */
  readonly outcome: 'delivered' | 'will-retry' | 'gave-up';
  /** The name of what the function threw. */
  readonly errorName?: string;
}

/** An event that was given up. AWS drops it without a DeadLetterConfig; here it is kept all the same. */
export interface DeadLetter {
  readonly queueArn: string | undefined;
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly input: unknown;
  /** The name of what the function threw last, or `ResourceNotFoundException` without a function. */
  readonly errorCode: string;
  readonly attempts: number;
  /** Absent where no retry could help. */
  readonly exhausted?: Exhausted;
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
}

interface Attempt {
  readonly event: ScheduledEvent;
  readonly number: number;
  readonly started: Date;
  readonly whenOver: () => void;
}

export function createDeliveries({ clock, functions, behaviour }: Setting): Deliveries {
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
    const errorName = await invokeTarget(functions, event, number);
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
    deadLetters.push(deadLetterOf(attempt, errorName, exhausted));
    tell(attempt, 'gave-up', errorName);
    whenOver();
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

function deadLetterOf(
  { event, number }: Attempt,
  errorCode: string,
  exhausted: Exhausted | undefined,
): DeadLetter {
  return {
    queueArn: event.target.DeadLetterConfig?.Arn,
    scheduleArn: event.scheduleArn,
    targetArn: event.target.Arn,
    input: inputOf(event, number),
    errorCode,
    attempts: number,
    ...(exhausted && { exhausted }),
  };
}
