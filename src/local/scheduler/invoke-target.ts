import type { LocalFunctions } from '../functions.ts';
import type { ActAs } from '../iam/services.ts';
import type { ScheduleTarget } from './schedule-request.ts';

/** An event on its way to its target. */
export interface ScheduledEvent {
  readonly scheduleArn: string;
  readonly target: ScheduleTarget;
  readonly due: Date;
}

/** Invokes the target and answers the name of what it threw, if it threw. */
export async function invokeTarget(
  { functions, actAs }: { readonly functions: LocalFunctions; readonly actAs: ActAs | undefined },
  event: ScheduledEvent,
  attempt: number,
): Promise<string | undefined> {
  const target = functions.get(event.target.Arn);
  if (!target) return 'ResourceNotFoundException';
  const { Arn: resource, RoleArn: roleArn } = event.target;
  const invoke = { action: 'lambda:InvokeFunction', resource };
  if (actAs && !(await actAs(roleArn, invoke, groupArnOf(event.scheduleArn)))) {
    return 'AccessDeniedException';
  }
  try {
    await target(inputOf(event, attempt));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : 'Error';
  }
}

/** Scheduler takes a role on for a whole group of schedules. */
export const groupArnOf = (scheduleArn: string) =>
  scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ':schedule-group/$1');

/** The event the target gets: its Input, with Scheduler's placeholders filled in. */
export function inputOf({ target, scheduleArn, due }: ScheduledEvent, attempt: number): unknown {
  const scheduledTime = due.toISOString().replace('.000Z', 'Z');
  if (target.Input === undefined)
    return { source: 'aws.scheduler', time: scheduledTime, resources: [scheduleArn], detail: '{}' };
  return JSON.parse(
    target.Input.replaceAll('<aws.scheduler.schedule-arn>', scheduleArn)
      .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
      .replaceAll('<aws.scheduler.attempt-number>', String(attempt)),
  );
}
