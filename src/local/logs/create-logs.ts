import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LogLine } from '../stack/function-logger.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { createLogGroups } from './log-groups.ts';
import { LogsError } from './logs-error.ts';

/** A CloudWatch Logs that holds what the local functions log. Of its operations it has `FilterLogEvents`. */
export interface Logs {
  readonly service: AwsService;
  /** Has the log group of a function, which is there before the function says anything. */
  openFor(functionArn: string): void;
  /** What the functions hand their lines to: they are kept under the function's name, and handed on. */
  heardBy<T>(listener: Listener<T>): Listener<T>;
}

type Listener<T> = (origin: T, line: LogLine) => void;

const targetPrefix = 'Logs_20140328.';

export function createLogs({ clock }: { readonly clock: LocalClock }): Logs {
  const groups = createLogGroups();

  return {
    service: async function logs(request) {
      const target = request.headers.get('x-amz-target') ?? '';
      if (!target.startsWith(targetPrefix) && signedService(request) !== 'logs') return undefined;
      try {
        return answer(respond(request, target, parseBody(await request.text())));
      } catch (error) {
        if (error instanceof LogsError) return error.toResponse();
        throw error;
      }
    },
    openFor: (functionArn) => groups.open(groupOf(functionArn.split(':').at(-1) ?? functionArn)),
    heardBy: (listener) => (origin, line) => {
      take(line);
      listener(origin, line);
    },
  };

  function take(line: LogLine): void {
    const { function_name: name } = line;
    if (typeof name !== 'string') return;
    groups.add(groupOf(name), {
      logStreamName: 'local',
      message: JSON.stringify(line),
      timestamp: clock.now().getTime(),
    });
  }

  function respond(request: Request, target: string, body: unknown): object {
    if (target !== `${targetPrefix}FilterLogEvents`) {
      throw new LogsError('UnknownOperationException', 'No such operation.');
    }
    if (signedService(request) === undefined) {
      throw new LogsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    return filterLogEvents(groups, body);
  }
}

const groupOf = (functionName: string) => `/aws/lambda/${functionName}`;

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    // The parser's message repeats the body.
    throw new LogsError('SerializationException', 'The request is not valid JSON.');
  }
}

const answer = (content: object) =>
  new Response(JSON.stringify(content), {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': crypto.randomUUID(),
    },
  });
