import type { RotationRulesType } from '@aws-sdk/client-secrets-manager';

/** The command that has Secrets Manager rotate a secret again, on its own schedule or the template's. */
export function switchedOn(name: string, rules: RotationRulesType = {}): string {
  const { ScheduleExpression, Duration, AutomaticallyAfterDays } = rules;
  const known = ScheduleExpression
    ? { ScheduleExpression, Duration }
    : AutomaticallyAfterDays && { AutomaticallyAfterDays };
  return (
    `aws secretsmanager rotate-secret --no-rotate-immediately --secret-id ${name} --rotation-rules ` +
    `'${JSON.stringify(known || ofTemplate)}'`
  );
}

const ofTemplate = { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '3h' };
