import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
  type FilterLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsFailure } from '../aws-failure.ts';
import { Failure } from '../failure.ts';
import { configuredLogGroup, usualLogGroup } from './log-group.ts';
import { logLineIn, type LogLine } from './log-line.ts';
import { requestHandler } from './patience.ts';

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

/** The log from now on: what is in it already is no news. Throws a Failure where it may not be read. */
export async function openFunctionLog(
  functionArn: string,
  opening: AbortSignal,
): Promise<FunctionLog> {
  const client = new CloudWatchLogsClient({ maxAttempts: 2, requestHandler });
  const close = () => client.destroy();
  try {
    return { news: await newsWherever(client, functionArn, opening), close };
  } catch (error) {
    close();
    throw error;
  }
}

type News = FunctionLog['news'];

/** Of where the log usually is, or else of where the function's configuration has it. */
async function newsWherever(
  client: CloudWatchLogsClient,
  functionArn: string,
  opening: AbortSignal,
): Promise<News> {
  const usual = usualLogGroup(functionArn);
  try {
    return await newsSinceNow(client, usual, opening);
  } catch (error) {
    if (!isNoGroup(error)) throw error;
    const configured = await configuredLogGroup(functionArn, opening);
    if (!configured || configured === usual) throw error;
    return newsSinceNow(client, configured, opening);
  }
}

const isNoGroup = (error: unknown) =>
  error instanceof Failure && error.code === 'ResourceNotFoundException';

async function newsSinceNow(
  client: CloudWatchLogsClient,
  logGroupName: string,
  opening: AbortSignal,
): Promise<News> {
  const seen = new Set<string>();
  let startTime = Date.now() - lookBackMs;

  async function news(signal?: AbortSignal): Promise<readonly LogLine[]> {
    const events = await read(client, { logGroupName, startTime, signal }).catch(
      (error: unknown) => {
        throw awsFailure(error, { doing: `Reading the log ${logGroupName}` });
      },
    );
    const fresh = events.filter(({ eventId = '' }) => !seen.has(eventId));
    for (const { eventId = '', timestamp = 0 } of fresh) {
      seen.add(eventId);
      startTime = Math.max(startTime, timestamp - latenessMs);
    }
    return fresh.flatMap(({ message = '' }) => logLineIn(message) ?? []);
  }
  await news(opening);
  return news;
}

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
