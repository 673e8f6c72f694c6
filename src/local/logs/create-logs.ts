import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { answerJson, type JsonService } from '../json-protocol.ts';
import { jsonServices } from '../service-descriptors.ts';
import type { LogLine } from '../stack/function-logger.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { createLogGroups } from './log-groups.ts';

/** A CloudWatch Logs that holds what the local functions log. Of its operations it has `FilterLogEvents`. */
export interface Logs {
  readonly service: AwsService;
  /** Has the log group of a function, which is there before the function says anything. */
  openFor(functionArn: string): void;
  /** What the functions hand their lines to: they are kept under the function's name, and handed on. */
  heardBy<T>(listener: Listener<T>): Listener<T>;
}

type Listener<T> = (origin: T, line: LogLine) => void;

export function createLogs({ clock }: { readonly clock: LocalClock }): Logs {
  const groups = createLogGroups();
  const service: JsonService = {
    ...jsonServices.logs,
    operations: { FilterLogEvents: (body) => filterLogEvents(groups, body) },
  };

  return {
    service: async function logs(request) {
      return answerJson(service, request);
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
}

const groupOf = (functionName: string) => `/aws/lambda/${functionName}`;
