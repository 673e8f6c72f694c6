import { Cron } from 'croner';
import { validation } from './scheduler-error.ts';

/** When a schedule is due. */
export interface Occurrences {
  /** It is due once only. */
  readonly once: boolean;
  /** The first time for a schedule made `now`; in the past where `at()` says so. */
  first(now: Date): Date | undefined;
  next(after: Date): Date | undefined;
}

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Reads `at()`, `rate()` and `cron()`, in an IANA time zone. Throws ValidationException. */
export function parseExpression(expression: string, timezone: string): Occurrences {
  checkTimezone(timezone);
  const [, kind, content = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? [];
  const parsed =
    kind === 'at'
      ? parseAt(content, timezone)
      : kind === 'rate'
        ? parseRate(content)
        : parseCron(content, timezone);
  if (parsed) return parsed;
  throw validation(`Invalid Schedule Expression ${expression}.`);
}

/** A formatter takes long to make. */
const known = new Set<string>();

function checkTimezone(timezone: string): void {
  try {
    if (!known.has(timezone)) Intl.DateTimeFormat('en', { timeZone: timezone });
    known.add(timezone);
  } catch {
    throw validation(`Invalid ScheduleExpressionTimezone ${timezone}.`);
  }
}

function parseAt(local: string, timezone: string): Occurrences | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(local) || !isOnCalendar(local))
    return undefined;
  const due = new Cron(local, { timezone }).nextRun(new Date(0)) ?? undefined;
  return { once: true, first: () => due, next: () => undefined };
}

/** No 30th of February: a library would take it for the 2nd of March. */
function isOnCalendar(local: string): boolean {
  const date = new Date(`${local}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(local);
}

/** The first run of a rate is at once. */
function parseRate(content: string): Occurrences | undefined {
  const [, count, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(content) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') return undefined;
  const every = Number(count) * units[unit];
  return {
    once: false,
    first: (now) => now,
    next: (after) => new Date(after.getTime() + every),
  };
}

/** AWS's six fields: no seconds, years, Sunday is 1, and `?` for one of the two kinds of day. */
function parseCron(content: string, timezone: string): Occurrences | undefined {
  const fields = content.split(' ');
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  try {
    const pattern = `0 ${content.replace('?', '*')}`;
    const cron = new Cron(pattern, { timezone, mode: '7-part', alternativeWeekdays: true });
    const next = (after: Date) => cron.nextRun(after) ?? undefined;
    return { once: false, first: next, next };
  } catch {
    return undefined;
  }
}
