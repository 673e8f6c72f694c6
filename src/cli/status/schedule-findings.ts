import type { DescribedSecret } from '../described-secret.ts';
import { isLate } from '../is-late.ts';
import type { Finding } from './secret-status.ts';
import { absolute } from './times.ts';

/** Whether the secret is rotated, and in time. */
export function scheduleFindings(described: DescribedSecret, now: Date): readonly Finding[] {
  const { name, functionArn, rotationEnabled } = described;
  if (!functionArn) return [];
  if (!rotationEnabled) {
    const message =
      'Rotation is switched off. Switch it on with aws secretsmanager rotate-secret ' +
      `--no-rotate-immediately --secret-id ${name}.`;
    return [{ finding: 'rotation-off', level: 'attention', message }];
  }
  return isLate(described, now) ? [overdue(described)] : [];
}

function overdue({ name, lastRotatedAt }: DescribedSecret): Finding {
  const last = lastRotatedAt ? `the last one was on ${absolute(lastRotatedAt)}` : 'there was none';
  return {
    finding: 'rotation-overdue',
    level: 'attention',
    message: `A rotation is overdue: ${last}. Run keyturn rotate ${name}, and look at what it fails with.`,
  };
}
