import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
  type FilterLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsFailure } from '../aws-failure.ts';
import { configuredLogGroup, usualLogGroup } from './log-group.ts';
import { logLineIn, type LogLine } from './log-line.ts';

/** The log of a rotation function, read as it grows. */
export interface FunctionLog {
  /** Lines that were not there before, in their order. Throws a Failure where it may not be read. */
  news(signal?: AbortSignal): Promise<readonly LogLine[]>;
  close(): void;
}

/** Farther back than the clocks of this machine and of AWS may be apart. In ms. */
const lookBackMs = 360_000;

/** How late a line may arrive that is older than one that is there. In ms. */
const latenessMs = 60_000;

const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

/** The log from now on: what is in it already is no news. Throws a Failure where it may not be read. */
export async function openFunctionLog(
  functionArn: string,
  opening: AbortSignal,
): Promise<FunctionLog> {
  const client = new CloudWatchLogsClient({ maxAttempts: 2, requestHandler });
  const seen = new Set<string>();
  let logGroupName = usualLogGroup(functionArn);
  let startTime = Date.now() - lookBackMs;

  async function news(signal?: AbortSignal): Promise<readonly LogLine[]> {
    const events = await read(client, { logGroupName, startTime, signal });
    const fresh = events.filter(({ eventId = '' }) => !seen.has(eventId));
    for (const { eventId = '', timestamp = 0 } of fresh) {
      seen.add(eventId);
      startTime = Math.max(startTime, timestamp - latenessMs);
    }
    return fresh.flatMap(({ message = '' }) => logLineIn(message) ?? []);
  }

  try {
    await news(opening);
  } catch (error) {
    const configured = isNoGroup(error)
      ? await configuredLogGroup(functionArn, opening)
      : undefined;
    if (!configured || configured === logGroupName) throw told(error, logGroupName);
    logGroupName = configured;
    await news(opening).catch((cause: unknown) => Promise.reject(told(cause, configured)));
  }
  return {
    news: (signal) =>
      news(signal).catch((error: unknown) => Promise.reject(told(error, logGroupName))),
    close: () => client.destroy(),
  };
}

const isNoGroup = (error: unknown) =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

const told = (error: unknown, logGroupName: string) =>
  awsFailure(error, { doing: `Reading the log ${logGroupName}` });

interface Part {
  readonly logGroupName: string;
  readonly startTime: number;
  readonly signal: AbortSignal | undefined;
}

/** So many that a long log is read, and that one without an end is left. */
const mostPages = 50;

/** Lines about a step of anything, the oldest first. */
async function read(
  client: CloudWatchLogsClient,
  { signal, ...part }: Part,
): Promise<readonly FilteredLogEvent[]> {
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page: FilterLogEventsResponse = await client.send(
      new FilterLogEventsCommand({ ...part, filterPattern: '{ $.step = "*" }', nextToken }),
      signal && { abortSignal: signal },
    );
    events.push(...(page.events ?? []));
    ({ nextToken } = page);
    if (nextToken === undefined) break;
  }
  return events.toSorted((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
}
