import { createHash } from 'node:crypto';
import type { CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Booking, Bookings } from '../rotation/bookings.ts';
import { failure } from './failure.ts';

/** Where bookings are kept and what they call; all of it comes from the template. */
export interface SchedulerSettings {
  readonly groupName: string;
  /** The role that EventBridge Scheduler takes on to invoke the function. */
  readonly roleArn: string;
  /** The reconcile function. */
  readonly functionArn: string;
  /** The SQS queue for calls that were given up; empty: none. */
  readonly deadLetterArn: string;
}

/** Hours during which a failing call is repeated, and how often at most: Scheduler's own limits. */
const retryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** Bookings as one-time schedules of EventBridge Scheduler, which delete themselves once run. */
export function schedulerBookings(
  openClient: () => Promise<SchedulerClient>,
  settings: SchedulerSettings,
  signal: AbortSignal,
): Bookings {
  return {
    async book(booking) {
      const { CreateScheduleCommand, UpdateScheduleCommand } =
        await import('@aws-sdk/client-scheduler');
      const client = await openClient();
      const options = { abortSignal: signal };
      const input = scheduleOf(booking, settings);
      const create = async () =>
        void (await client.send(new CreateScheduleCommand(input), options));
      const update = async () =>
        void (await client.send(new UpdateScheduleCommand(input), options));

      try {
        await create().catch(
          // The schedule that is there may be for an earlier time. It is changed and never taken
          // away: it may be all that ends the gap of an earlier attempt.
          onError('ConflictException', () =>
            update().catch(onError('ResourceNotFoundException', create)),
          ),
        );
      } catch (error) {
        const doing = 'Booking a later run of the reconcile function';
        throw failure(error, { doing, signal });
      }
    },
  };
}

/** For `catch`: handles the error of that name, and throws every other. */
const onError =
  (name: string, handle: () => Promise<void>) =>
  (error: unknown): Promise<void> => {
    if (error instanceof Error && error.name === name) return handle();
    throw error;
  };

function scheduleOf(booking: Booking, settings: SchedulerSettings): CreateScheduleCommandInput {
  return {
    Name: nameOf(booking),
    GroupName: settings.groupName,
    ScheduleExpression: `at(${wholeSecondAfter(booking.at)})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: settings.functionArn,
      RoleArn: settings.roleArn,
      Input: JSON.stringify(booking.event),
      RetryPolicy: retryPolicy,
      ...(settings.deadLetterArn && { DeadLetterConfig: { Arn: settings.deadLetterArn } }),
    },
  };
}

/** At most 64 characters; version ids may repeat across secrets, so both go into it. */
function nameOf({ purpose, versionId, event }: Booking): string {
  const hash = createHash('sha256').update(`${event.secret}\n${versionId}`).digest('hex');
  return `keyturn-${purpose}-${hash.slice(0, 32)}`;
}

/** Never earlier than asked: a grace must not end before its time. */
function wholeSecondAfter(time: Date): string {
  return new Date(Math.ceil(time.getTime() / 1000) * 1000).toISOString().slice(0, 19);
}
