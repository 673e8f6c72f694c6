const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A month is shortest from the weekday after the 1st, where that is a Sunday, to the 1st of March. */
const shortestMonth = 25 * dayMs;

/** Secrets Manager rotates at most every four hours. */
const least = 4 * hourMs;

/**
 * The shortest time, in ms, that can lie between two rotations of a schedule: from the end of one
 * window to the beginning of the next. Reads `cron()` and `rate()` of Secrets Manager and errs on
 * the short side: what it does not understand rotates as often as the service lets it.
 */
export function shortestCadence(expression: string, windowMs: number): number {
  return Math.max(0, betweenWindows(expression) - windowMs);
}

function betweenWindows(expression: string): number {
  const [, amount, unit = ''] = /^rate\((\d+) (hour|day)s?\)$/.exec(expression) ?? [];
  if (amount) return Math.max(least, Number(amount) * (unit === 'day' ? dayMs : hourMs));

  const [, hours = '', dayOfMonth = '', dayOfWeek = ''] =
    /^cron\(\S+ (\S+) (\S+) \S+ (\S+) \S+\)$/.exec(expression) ?? [];
  if (!/^\d+$/.test(hours)) return least;
  // A day of the month, its last one, or the weekday nearest to one; or the nth of a weekday.
  if (/^(\d+W?|LW?)$/.test(dayOfMonth) || /^\w+#\d$|^\w+L$/.test(dayOfWeek)) return shortestMonth;
  if (/^(\d|[A-Z]{3})$/.test(dayOfWeek)) return 7 * dayMs;
  return dayMs;
}
