import type { QueuedMessage } from '../queues.ts';
import { inputOf, type ScheduledEvent } from './invoke-target.ts';
import type { Exhausted } from './retry-policy.ts';

/** An event that was given up. AWS drops it without a DeadLetterConfig; here it is kept all the same. */
export interface DeadLetter {
  readonly queueArn: string | undefined;
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly due: Date;
  readonly input: unknown;
  /** The name of what the target threw last, or `ResourceNotFoundException` without one. */
  readonly errorCode: string;
  readonly attempts: number;
  /** Absent where no retry could help. */
  readonly exhausted?: Exhausted;
}

interface GivenUp {
  readonly event: ScheduledEvent;
  readonly attempts: number;
  readonly errorCode: string;
  readonly exhausted: Exhausted | undefined;
}

export function deadLetterOf({ event, attempts, errorCode, exhausted }: GivenUp): DeadLetter {
  return {
    queueArn: event.target.DeadLetterConfig?.Arn,
    scheduleArn: event.scheduleArn,
    targetArn: event.target.Arn,
    due: event.due,
    input: inputOf(event, attempts),
    errorCode,
    attempts,
    ...(exhausted && { exhausted }),
  };
}

/** As Scheduler writes it: the target's input, and around it what happened. */
export function messageOf(letter: DeadLetter): QueuedMessage {
  return {
    body: JSON.stringify(letter.input),
    attributes: {
      ERROR_CODE: letter.errorCode,
      // What the target said could hold anything.
      ERROR_MESSAGE: letter.errorCode,
      EXECUTION_ID: crypto.randomUUID(),
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(letter.attempts - 1),
      SCHEDULED_TIME: letter.due.toISOString().replace('.000Z', 'Z'),
      SCHEDULE_ARN: letter.scheduleArn,
      TARGET_ARN: letter.targetArn,
      ...(letter.exhausted && { EXHAUSTED_RETRY_CONDITION: letter.exhausted }),
    },
  };
}
