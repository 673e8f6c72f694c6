import * as v from 'valibot';
import { validation } from './scheduler-error.ts';

const namePattern = /^[0-9a-zA-Z\-_.]{1,64}$/;
const arn = v.pipe(v.string(), v.regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$/));
const roleArn = v.pipe(v.string(), v.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/));
const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const epochSeconds = v.pipe(
  v.number(),
  v.transform((seconds) => new Date(seconds * 1000)),
);
const json = v.pipe(
  v.string(),
  v.check((text) => {
    try {
      return JSON.parse(text) !== undefined;
    } catch {
      return false;
    }
  }),
);

const target = v.strictObject({
  Arn: arn,
  RoleArn: roleArn,
  Input: v.optional(json),
  RetryPolicy: v.optional(
    v.strictObject({
      MaximumEventAgeInSeconds: v.optional(between(60, 86_400), 86_400),
      MaximumRetryAttempts: v.optional(between(0, 185), 185),
    }),
    {},
  ),
  DeadLetterConfig: v.optional(v.strictObject({ Arn: v.optional(arn) })),
});

const schedule = v.strictObject({
  ScheduleExpression: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  ScheduleExpressionTimezone: v.optional(v.string(), 'UTC'),
  // Here a time is a time: windows are not flexible.
  FlexibleTimeWindow: v.strictObject({ Mode: v.literal('OFF') }),
  Target: target,
  GroupName: v.optional(v.pipe(v.string(), v.regex(namePattern)), 'default'),
  State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  ActionAfterCompletion: v.optional(v.picklist(['NONE', 'DELETE']), 'NONE'),
  Description: v.optional(v.pipe(v.string(), v.maxLength(512))),
  StartDate: v.optional(epochSeconds),
  EndDate: v.optional(epochSeconds),
  KmsKeyArn: v.optional(arn),
  ClientToken: v.optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-_]{1,64}$/))),
});

/** The body of CreateSchedule and UpdateSchedule, with AWS's defaults. */
export type ScheduleRequest = v.InferOutput<typeof schedule>;
export type ScheduleTarget = ScheduleRequest['Target'];

/** Throws ValidationException, which names the member and never its value. */
export function parseScheduleRequest(body: unknown): ScheduleRequest {
  const result = v.safeParse(schedule, body, { abortEarly: true });
  if (result.success) return result.output;
  throw constraint(v.getDotPath(result.issues[0]) ?? 'body', result.issues[0].type);
}

/** Throws ValidationException. */
export function checkName(name: string): void {
  if (!namePattern.test(name)) throw constraint('name', 'regular expression [0-9a-zA-Z-_.]{1,64}');
}

const constraint = (member: string, what: string) =>
  validation(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${what}`,
  );
