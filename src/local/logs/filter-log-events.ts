import * as v from 'valibot';
import { filterOf } from './filter-pattern.ts';
import type { LogEvent, LogGroups } from './log-groups.ts';
import { invalidParameter, noSuchGroup, noSuchStream } from './refusals.ts';

const time = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

const request = v.pipe(
  v.object({
    logGroupName: v.optional(name),
    logGroupIdentifier: v.optional(name),
    logStreamNames: v.optional(v.pipe(v.array(name), v.minLength(1), v.maxLength(100))),
    logStreamNamePrefix: v.optional(name),
    startTime: v.optional(time, 0),
    endTime: v.optional(time, Number.MAX_SAFE_INTEGER),
    filterPattern: v.optional(v.pipe(v.string(), v.maxLength(1_024)), ''),
    nextToken: v.optional(v.string()),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 10_000),
  }),
  v.check(
    ({ logGroupName, logGroupIdentifier }) => !logGroupName !== !logGroupIdentifier,
    'logGroupName',
  ),
);

type Request = v.InferOutput<typeof request>;

/**
 * The lines of a group that fit, the oldest first, in pages. A page may be empty and have another
 * behind it, as at AWS: clients must go on until there is no token. Throws JsonError.
 */
export function filterLogEvents(groups: LogGroups, body: unknown): object {
  const asked = parse(body);
  const filter = filterOf(asked.filterPattern);
  const events = groups.eventsOf(groupOf(asked));
  if (!events) throw noSuchGroup();

  const at = offsetIn(asked.nextToken);
  const found = streamsOf(asked, events)
    .filter(({ timestamp }) => timestamp >= asked.startTime && timestamp <= asked.endTime)
    .filter(({ message }) => filter(message));
  const next = at + asked.limit;
  return {
    events: found.slice(at, next),
    searchedLogStreams: [],
    ...(next < found.length && { nextToken: String(next) }),
  };
}

/** Names the member, and never what it holds. */
function parse(body: unknown): Request {
  const parsed = v.safeParse(request, body, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]) ?? 'logGroupName';
  throw invalidParameter(`Value at '${member}' failed to satisfy its constraints.`);
}

/** An identifier may be an ARN. */
const groupOf = ({ logGroupName, logGroupIdentifier = '' }: Request) =>
  logGroupName ?? /:log-group:([^:]+)/.exec(logGroupIdentifier)?.[1] ?? logGroupIdentifier;

function streamsOf(
  { logStreamNames, logStreamNamePrefix }: Request,
  events: readonly LogEvent[],
): readonly LogEvent[] {
  if (logStreamNames && logStreamNamePrefix) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix cannot be used together.');
  }
  const names = new Set(events.map(({ logStreamName }) => logStreamName));
  if (logStreamNames?.some((each) => !names.has(each))) throw noSuchStream();
  return events.filter(
    ({ logStreamName }) =>
      (logStreamNames?.includes(logStreamName) ?? true) &&
      logStreamName.startsWith(logStreamNamePrefix ?? ''),
  );
}

function offsetIn(token = '0'): number {
  if (/^\d{1,9}$/.test(token)) return Number(token);
  throw invalidParameter('The specified nextToken is invalid.');
}
