import { type Context, Hono } from 'hono';
import { createClientTokens } from './client-tokens.ts';
import type { ScheduleGroups } from './schedule-groups.ts';
import { parseScheduleRequest } from './schedule-request.ts';
import type { Schedule, ScheduleKey, Schedules } from './schedules.ts';
import { SchedulerError, validation } from './scheduler-error.ts';

type Content = Readonly<Record<string, unknown>>;

/** Scheduler's REST interface. What it throws beside SchedulerError is passed on. */
export function schedulerRoutes(schedules: Schedules, groups: ScheduleGroups): Hono {
  const app = new Hono();
  addScheduleRoutes(app, schedules, groups);
  addGroupRoutes(app, schedules, groups);
  app.notFound(() =>
    new SchedulerError('UnknownOperationException', 404, 'No such operation.').toResponse(),
  );
  app.onError((error) => {
    if (error instanceof SchedulerError) return error.toResponse();
    throw error;
  });
  return app;
}

function addScheduleRoutes(app: Hono, schedules: Schedules, groups: ScheduleGroups): void {
  const created = createClientTokens();
  const removed = createClientTokens();

  app.get('/schedules', (c) => {
    const { ScheduleGroup: group, State: state } = c.req.query();
    const matching = schedules
      .list()
      .filter((each) => (!group || each.GroupName === group) && (!state || each.State === state));
    const { items, NextToken } = pageOf(c, matching);
    return answer(c, { Schedules: items.map(summaryOf), NextToken });
  });
  app.get('/schedules/:name', (c) => answer(c, { ...schedules.get(keyIn(c)) }));
  app.post('/schedules/:name', async (c) => {
    const request = parseScheduleRequest(await bodyOf(c));
    const key = { group: request.GroupName, name: c.req.param('name') };
    const content = created.once(request.ClientToken, { ...request, ...key }, () => {
      groups.get(key.group);
      return { ScheduleArn: schedules.create(key, request).Arn };
    });
    return answer(c, content);
  });
  app.put('/schedules/:name', async (c) => {
    const request = parseScheduleRequest(await bodyOf(c));
    const key = { group: request.GroupName, name: c.req.param('name') };
    return answer(c, { ScheduleArn: schedules.update(key, request).Arn });
  });
  app.delete('/schedules/:name', (c) => {
    const content = removed.once(c.req.query('clientToken'), keyIn(c), () => {
      schedules.remove(keyIn(c));
      return {};
    });
    return answer(c, content);
  });
}

function addGroupRoutes(app: Hono, schedules: Schedules, groups: ScheduleGroups): void {
  app.get('/schedule-groups', (c) => {
    const { items, NextToken } = pageOf(c, groups.list());
    return answer(c, { ScheduleGroups: items, NextToken });
  });
  app.get('/schedule-groups/:name', (c) => answer(c, { ...groups.get(c.req.param('name')) }));
  app.post('/schedule-groups/:name', (c) =>
    answer(c, { ScheduleGroupArn: groups.create(c.req.param('name')).Arn }),
  );
  app.delete('/schedule-groups/:name', (c) => {
    const group = c.req.param('name');
    groups.remove(group);
    for (const { GroupName, Name } of schedules.list())
      if (GroupName === group) schedules.remove({ group, name: Name });
    return answer(c, {});
  });
}

const keyIn = (c: Context): ScheduleKey => ({
  group: c.req.query('groupName') ?? 'default',
  name: c.req.param('name') ?? '',
});

async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw validation('The body is not JSON.');
  }
}

const summaryOf = (schedule: Schedule): Content => ({
  Arn: schedule.Arn,
  Name: schedule.Name,
  GroupName: schedule.GroupName,
  State: schedule.State,
  CreationDate: schedule.CreationDate,
  LastModificationDate: schedule.LastModificationDate,
  Target: { Arn: schedule.Target.Arn },
});

/** NamePrefix, MaxResults and NextToken: here the number of items that came before. */
function pageOf<T extends { readonly Name: string }>(c: Context, all: readonly T[]) {
  const { NamePrefix: prefix = '', MaxResults = '100', NextToken = '0' } = c.req.query();
  const most = Number(MaxResults);
  const from = Number(NextToken);
  if (!(most >= 1 && most <= 100)) throw validation('MaxResults must be 1 to 100.');
  if (!(from >= 0)) throw validation('NextToken is not valid.');

  const matching = all.filter(({ Name }) => Name.startsWith(prefix));
  const end = from + most;
  return {
    items: matching.slice(from, end),
    NextToken: end < matching.length ? String(end) : undefined,
  };
}

function answer(c: Context, content: Content): Response {
  return c.json(onWire(content), 200, { 'x-amzn-requestid': crypto.randomUUID() });
}

/** Dates are seconds on the wire. */
function onWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(onWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, onWire(each)]));
}
