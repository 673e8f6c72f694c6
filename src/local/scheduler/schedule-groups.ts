import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { checkName } from './schedule-request.ts';
import { conflict, notFound, validation } from './scheduler-error.ts';

export interface ScheduleGroup {
  readonly Name: string;
  readonly Arn: string;
  readonly State: 'ACTIVE';
  readonly CreationDate: Date;
  readonly LastModificationDate: Date;
}

/** The groups there are; `default` always is. */
export interface ScheduleGroups {
  list(): readonly ScheduleGroup[];
  get(name: string): ScheduleGroup;
  create(name: string): ScheduleGroup;
  remove(name: string): void;
}

export function createScheduleGroups(clock: LocalClock): ScheduleGroups {
  const groups = new Map([['default', groupOf('default', clock.now())]]);

  function get(name: string): ScheduleGroup {
    const group = groups.get(name);
    if (group) return group;
    throw notFound(`Schedule group ${name}`);
  }

  return {
    list: () => [...groups.values()],
    get,
    create(name) {
      checkName(name);
      if (groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
      const group = groupOf(name, clock.now());
      groups.set(name, group);
      return group;
    },
    remove(name) {
      if (name === 'default') throw validation('The default schedule group cannot be deleted.');
      groups.delete(get(name).Name);
    },
  };
}

const groupOf = (name: string, now: Date): ScheduleGroup => ({
  Name: name,
  Arn: `arn:aws:scheduler:${localRegion}:${localAccount}:schedule-group/${name}`,
  State: 'ACTIVE',
  CreationDate: now,
  LastModificationDate: now,
});
