import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { isLate } from '../../is-late.ts';
import { absolute } from '../../status/times.ts';
import { findingsOf, type Finding } from '../finding.ts';
import { putBack } from './put-back.ts';
import { switchedOn } from './switched-on.ts';

const { ok, fail } = findingsOf('rotation');

/** Whether the secret is rotated, and on time. */
export function examineRotation(description: DescribeSecretResponse, now: Date): Finding {
  const { RotationEnabled, RotationRules, LastRotatedDate, NextRotationDate } = description;
  if (!RotationEnabled) return off(description);
  if (!RotationRules?.ScheduleExpression && !RotationRules?.AutomaticallyAfterDays) {
    return noSchedule(description.Name ?? '');
  }
  const dates = { lastRotatedAt: LastRotatedDate, nextRotationAt: NextRotationDate };
  if (isLate({ rotationEnabled: true, rules: RotationRules, ...dates }, now)) return overdue(dates);
  const last = LastRotatedDate ? `last ${day(LastRotatedDate)}` : 'never rotated yet';
  return ok(`On; ${last}, next ${NextRotationDate ? day(NextRotationDate) : 'by its schedule'}.`);
}

const day = (date: Date) => date.toISOString().slice(0, 10);

const off = ({ Name = '', RotationLambdaARN, RotationRules }: DescribeSecretResponse) =>
  fail('ROTATION_OFF', {
    message: RotationLambdaARN
      ? 'Rotation is switched off: the secret keeps its function, and no schedule calls it.'
      : 'Nothing rotates this secret.',
    fix: RotationLambdaARN
      ? `${switchedOn(Name, RotationRules)}\n${putBack}`
      : 'Deploy Keyturn for it (docs/deploying.md).',
  });

const noSchedule = (name: string) =>
  fail('SCHEDULE_GONE', {
    message: 'Rotation is on, and there is no schedule: nothing will begin one.',
    fix: `${switchedOn(name)}\n${putBack}`,
  });

interface Dates {
  readonly lastRotatedAt: Date | undefined;
  readonly nextRotationAt: Date | undefined;
}

function overdue({ lastRotatedAt, nextRotationAt }: Dates): Finding {
  const due = nextRotationAt ? `was due by ${absolute(nextRotationAt)}` : 'is overdue';
  const last = lastRotatedAt ? `the last one was on ${day(lastRotatedAt)}` : 'there was none yet';
  return fail('ROTATION_OVERDUE', {
    message: `A rotation ${due}, and did not succeed: ${last}.`,
    fix: "The function's log says why; the findings below may, too.",
  });
}
