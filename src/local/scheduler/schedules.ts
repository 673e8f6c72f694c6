import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { Deliveries } from './delivery.ts';
import { type Occurrences, parseExpression } from './schedule-expression.ts';
import { checkName, type ScheduleRequest } from './schedule-request.ts';
import type { SchedulerBehaviour } from './scheduler-behaviour.ts';
import { conflict, notFound, validation } from './scheduler-error.ts';

/** A schedule as it stands. */
export interface Schedule extends Omit<ScheduleRequest, 'ClientToken'> {
  readonly Name: string;
  readonly Arn: string;
  readonly CreationDate: Date;
  readonly LastModificationDate: Date;
}

export interface ScheduleKey {
  readonly group: string;
  readonly name: string;
}

/** The schedules there are, and the timers that make them happen. */
export interface Schedules {
  list(): readonly Schedule[];
  get(key: ScheduleKey): Schedule;
  create(key: ScheduleKey, request: ScheduleRequest): Schedule;
  update(key: ScheduleKey, request: ScheduleRequest): Schedule;
  /** An event that is on its way already still arrives. */
  remove(key: ScheduleKey): void;
  close(): void;
}

interface Setting {
  readonly clock: LocalClock;
  readonly behaviour: SchedulerBehaviour;
  readonly deliveries: Deliveries;
}

interface Entry {
  readonly schedule: Schedule;
  readonly occurrences: Occurrences;
  cancel: () => void;
}

export function createSchedules({ clock, behaviour, deliveries }: Setting): Schedules {
  const entries = new Map<string, Entry>();

  function put(schedule: Schedule): Schedule {
    const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone } = schedule;
    const occurrences = parseExpression(expression, timezone);
    const first = occurrences.first(startOf(schedule, clock.now()));
    if (occurrences.once && behaviour.pastAt === 'refuse' && first && first < clock.now())
      throw validation(`Invalid Schedule Expression ${expression}: it is in the past.`);

    const entry = { schedule, occurrences, cancel: () => undefined };
    entries.get(keyOf(schedule))?.cancel();
    entries.set(keyOf(schedule), entry);
    if (schedule.State === 'ENABLED') arm(entry, first);
    return schedule;
  }

  function arm(entry: Entry, due: Date | undefined): void {
    const { EndDate } = entry.schedule;
    if (!due || (!entry.occurrences.once && EndDate && due > EndDate)) return;
    const wait = Math.max(0, due.getTime() - clock.now().getTime()) + behaviour.precisionMs;
    entry.cancel = clock.after(wait, () => {
      // A timer further away than a timer can be fires early.
      if (clock.now() < due) return arm(entry, due);
      fire(entry, due);
      arm(entry, entry.occurrences.next(due));
    });
  }

  function fire({ schedule, occurrences }: Entry, due: Date): void {
    const event = { scheduleArn: schedule.Arn, target: schedule.Target, due };
    const complete = () => {
      const unchanged = entries.get(keyOf(schedule))?.schedule === schedule;
      const last = occurrences.once && schedule.ActionAfterCompletion === 'DELETE';
      if (unchanged && last) entries.delete(keyOf(schedule));
    };
    deliveries.deliver(event, complete);
    if (behaviour.deliverTwice) deliveries.deliver(event, () => undefined);
  }

  function found({ group, name }: ScheduleKey): Entry {
    const entry = entries.get(`${group}/${name}`);
    if (entry) return entry;
    throw notFound(`Schedule ${name}`);
  }

  return {
    list: () => [...entries.values()].map(({ schedule }) => schedule),
    get: (key) => found(key).schedule,
    create(key, request) {
      checkName(key.name);
      if (entries.has(`${key.group}/${key.name}`))
        throw conflict(`Schedule ${key.name} already exists.`);
      return put(scheduleOf(key, request, clock.now()));
    },
    update(key, request) {
      const { CreationDate } = found(key).schedule;
      return put({ ...scheduleOf(key, request, clock.now()), CreationDate });
    },
    remove(key) {
      found(key).cancel();
      entries.delete(`${key.group}/${key.name}`);
    },
    close() {
      for (const { cancel } of entries.values()) cancel();
    },
  };
}

const keyOf = ({ GroupName, Name }: Schedule) => `${GroupName}/${Name}`;

const startOf = ({ StartDate }: Schedule, now: Date) =>
  StartDate && StartDate > now ? StartDate : now;

function scheduleOf({ group, name }: ScheduleKey, request: ScheduleRequest, now: Date): Schedule {
  const { ClientToken: _, ...kept } = request;
  return {
    ...kept,
    GroupName: group,
    Name: name,
    Arn: `arn:aws:scheduler:${localRegion}:${localAccount}:schedule/${group}/${name}`,
    CreationDate: now,
    LastModificationDate: now,
  };
}
