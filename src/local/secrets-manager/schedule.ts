import { Cron } from 'croner';
import { invalidParameter } from './errors.ts';

export interface RotationRules {
  readonly AutomaticallyAfterDays?: number | undefined;
  readonly Duration?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
}

/** When the next scheduled rotation runs, and the latest time that counts as on time. */
export interface RotationWindow {
  readonly start: Date;
  readonly end: Date;
}

const hour = 3_600_000;
const day = 24 * hour;
const shortestInterval = 4 * hour;

/** Refuses what Secrets Manager refuses. Throws an InvalidParameterException. */
export function checkRules(rules: RotationRules): void {
  if (rules.AutomaticallyAfterDays !== undefined && rules.ScheduleExpression !== undefined) {
    throw invalidParameter(
      "You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules.",
    );
  }
  if (rules.ScheduleExpression !== undefined) intervalOf(rules.ScheduleExpression);
  if (rules.Duration !== undefined && durationOf(rules.Duration) > day) throw invalidDuration();
}

/** The first window that starts after `from`, or `undefined` where nothing is scheduled. */
export function nextWindow(rules: RotationRules, from: Date): RotationWindow | undefined {
  const start = nextStart(rules, from);
  if (!start) return undefined;

  return { start, end: new Date(windowEnd(rules, start)) };
}

function nextStart(rules: RotationRules, from: Date): Date | undefined {
  if (rules.AutomaticallyAfterDays !== undefined) {
    return new Date(startOfDay(from) + rules.AutomaticallyAfterDays * day);
  }
  if (rules.ScheduleExpression === undefined) return undefined;

  const interval = intervalOf(rules.ScheduleExpression);
  if (interval instanceof Cron) return interval.nextRun(from) ?? undefined;
  const anchor = inDays(interval) ? startOfDay(from) : from.getTime() - (from.getTime() % hour);
  return new Date(anchor + interval);
}

function windowEnd(rules: RotationRules, start: Date): number {
  if (rules.Duration !== undefined) return start.getTime() + durationOf(rules.Duration);

  const interval = rules.ScheduleExpression && intervalOf(rules.ScheduleExpression);
  const hourly =
    interval instanceof Cron
      ? shortestGap(interval) < day
      : typeof interval === 'number' && !inDays(interval);
  return hourly ? start.getTime() + hour : startOfDay(start) + day - 1000;
}

const inDays = (interval: number) => interval % day === 0;

const startOfDay = (date: Date) => date.getTime() - (date.getTime() % day);

/** A rate in milliseconds, or the parsed cron. */
function intervalOf(expression: string): number | Cron {
  const rate = /^rate\((\d+) (hours?|days?)\)$/.exec(expression);
  if (rate) return checkedRate(Number(rate[1]) * (rate[2]?.startsWith('hour') ? hour : day));

  const cron = /^cron\((.+)\)$/.exec(expression);
  if (!cron?.[1]) throw invalidExpression();
  return checkedCron(cron[1].trim().split(/\s+/));
}

function checkedRate(interval: number): number {
  if (interval < shortestInterval || interval > 999 * day) throw invalidExpression();
  return interval;
}

/** AWS's six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year. */
function checkedCron(fields: string[]): Cron {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  const oneDayOpen = (dayOfMonth === '?') !== (dayOfWeek === '?');
  if (fields.length !== 6 || minutes !== '0' || year !== '*' || !oneDayOpen) {
    throw invalidExpression();
  }

  const cron = parseCron([minutes, hours, dayOfMonth, month, dayOfWeek].join(' '));
  if (shortestGap(cron) < shortestInterval) throw invalidExpression();
  return cron;
}

function parseCron(pattern: string): Cron {
  try {
    return new Cron(pattern.replaceAll('?', '*'), {
      mode: '5-part',
      timezone: 'UTC',
      alternativeWeekdays: true,
      sloppyRanges: true,
      paused: true,
    });
  } catch {
    // Croner throws on whatever it cannot read; so does Secrets Manager, in its own words.
    throw invalidExpression();
  }
}

function shortestGap(cron: Cron): number {
  const runs = cron.nextRuns(60, new Date('2026-01-01T00:00:00Z')).map((run) => run.getTime());
  if (runs.length === 0) throw invalidExpression();
  return Math.min(...runs.slice(1).map((run, index) => run - (runs[index] ?? 0)));
}

function durationOf(duration: string): number {
  const hours = /^(\d{1,2})h$/.exec(duration);
  if (!hours || Number(hours[1]) === 0) throw invalidDuration();
  return Number(hours[1]) * hour;
}

const invalidExpression = () =>
  invalidParameter('The ScheduleExpression in RotationRules is invalid.');

const invalidDuration = () => invalidParameter('The Duration in RotationRules is invalid.');
