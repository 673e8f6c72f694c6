import type { ScheduleTarget } from './schedule-request.ts';
import type { SchedulerBehaviour } from './scheduler-behaviour.ts';

/** The part of a retry policy that is used up. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** How long to wait after the `attempt`th failure: exponentially longer. */
export const waitAfter = (
  attempt: number,
  { firstRetryMs, longestRetryMs }: SchedulerBehaviour,
): number => Math.min(firstRetryMs * 2 ** (attempt - 1), longestRetryMs);

/** Why there is no further attempt when the event would be `ageMs` old by then; if there is none. */
export function exhaustion(
  { RetryPolicy: policy }: ScheduleTarget,
  attempts: number,
  ageMs: number,
): Exhausted | undefined {
  if (attempts > policy.MaximumRetryAttempts) return 'MaximumRetryAttempts';
  return ageMs > policy.MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
}
