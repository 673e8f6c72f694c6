import { windowMsOf } from '../aws/secrets-manager-store.ts';
import { isOverdue } from '../rotation/overdue.ts';
import type { DescribedSecret } from './described-secret.ts';

type Scheduled = Pick<
  DescribedSecret,
  'rotationEnabled' | 'rules' | 'lastRotatedAt' | 'nextRotationAt'
>;

/** Whether a rotation should have happened by now, and its window is over. */
export function isLate(scheduled: Scheduled, now: Date): boolean {
  const { rules, nextRotationAt: nextAt } = scheduled;
  const schedule = rules && {
    nextAt,
    everyDays: rules.AutomaticallyAfterDays,
    windowMs: windowMsOf(rules),
  };
  return isOverdue({ ...scheduled, schedule }, now);
}
