import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { findingsOf, type Finding } from '../finding.ts';

const { ok, fail } = findingsOf('rotation');

/** Whether the secret is rotated, and on time. */
export function examineRotation(description: DescribeSecretResponse, now: Date): Finding {
  const { RotationEnabled, RotationRules, LastRotatedDate, NextRotationDate } = description;
  if (!RotationEnabled) return off(description);
  if (!RotationRules?.ScheduleExpression && !RotationRules?.AutomaticallyAfterDays) {
    return noSchedule(description.Name ?? '');
  }
  if (NextRotationDate && now.getTime() > NextRotationDate.getTime() + slackMs) {
    return overdue(NextRotationDate);
  }
  const last = LastRotatedDate ? `last ${day(LastRotatedDate)}` : 'never rotated yet';
  return ok(`On; ${last}, next ${NextRotationDate ? day(NextRotationDate) : 'by its schedule'}.`);
}

/** The date is the end of a window, and retries may outlast that. */
const slackMs = 24 * 3_600_000;

const day = (date: Date) => date.toISOString().slice(0, 10);

const off = ({ Name, RotationLambdaARN }: DescribeSecretResponse) =>
  fail('ROTATION_OFF', {
    message: RotationLambdaARN
      ? 'Rotation is switched off: the secret keeps its function, and no schedule calls it.'
      : 'Nothing rotates this secret.',
    fix: RotationLambdaARN
      ? `Deploy the stack again, or: aws secretsmanager rotate-secret --no-rotate-immediately --secret-id ${Name}`
      : 'Deploy Keyturn for it (docs/deploying.md).',
  });

const noSchedule = (name: string) =>
  fail('SCHEDULE_GONE', {
    message: 'Rotation is on, and there is no schedule: nothing will begin one.',
    fix:
      'Deploy the stack again, or: aws secretsmanager rotate-secret --no-rotate-immediately --secret-id ' +
      `${name} --rotation-rules '{"ScheduleExpression": "cron(0 3 1 * ? *)", "Duration": "3h"}'`,
  });

const overdue = (due: Date) =>
  fail('ROTATION_OVERDUE', {
    message: `A rotation was due by ${day(due)}, and did not succeed.`,
    fix: "The function's log says why; the findings below may, too.",
  });
