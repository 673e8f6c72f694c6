/** One line of a log, as FilterLogEvents answers it. Times are ms since 1970. */
export interface LogEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
}

/** How many lines a group keeps: the oldest go first. */
const kept = 10_000;

/** The groups of a log and their lines, in the order of time. */
export interface LogGroups {
  /** Makes a group without lines, where it is not there yet. */
  open(group: string): void;
  /** Makes the group where it is not there yet. */
  add(group: string, line: Pick<LogEvent, 'logStreamName' | 'message' | 'timestamp'>): void;
  /** `undefined` where there is no such group. */
  eventsOf(group: string): readonly LogEvent[] | undefined;
}

export function createLogGroups(): LogGroups {
  const groups = new Map<string, LogEvent[]>();
  let count = 0n;

  function opened(group: string): LogEvent[] {
    const events = groups.get(group) ?? [];
    groups.set(group, events);
    return events;
  }

  return {
    open: (group) => void opened(group),
    add(group, line) {
      const events = opened(group);
      count += 1n;
      const after = events.findLastIndex(({ timestamp }) => timestamp <= line.timestamp);
      events.splice(after + 1, 0, {
        ...line,
        eventId: idOf(count),
        ingestionTime: line.timestamp,
      });
      if (events.length > kept) events.shift();
    },
    eventsOf: (group) => groups.get(group),
  };
}

/** As long as AWS's, which are numbers of 56 digits. */
const idOf = (count: bigint) => `3${count.toString().padStart(55, '0')}`;
