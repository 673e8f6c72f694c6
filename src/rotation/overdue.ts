import type { SecretDescription } from './secret-store.ts';

const dayMs = 86_400_000;

/**
 * Whether a rotation should have happened by now: the service's own date for it has passed by more
 * than a window, or the last one is longer ago than the rules allow. Never where rotation is
 * switched off.
 */
export function isOverdue(
  {
    rotationEnabled,
    lastRotatedAt,
    schedule,
  }: Pick<SecretDescription, 'rotationEnabled' | 'lastRotatedAt' | 'schedule'>,
  now: Date,
): boolean {
  if (!rotationEnabled || !schedule) return false;
  const { nextAt, everyDays, windowMs } = schedule;
  const longPast = (date: Date, slackMs: number) => now.getTime() > date.getTime() + slackMs;

  if (nextAt && longPast(nextAt, windowMs)) return true;
  if (!lastRotatedAt || !everyDays) return false;
  // The days are whole ones, so a rotation at any time of the last of them is on time.
  return longPast(lastRotatedAt, (everyDays + 1) * dayMs + windowMs);
}
