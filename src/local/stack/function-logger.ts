import { Logger } from '@aws-lambda-powertools/logger';
import * as v from 'valibot';

const logLine = v.looseObject({
  level: v.string(),
  message: v.string(),
  code: v.optional(v.string()),
});

/** One line of a function's log: what Powertools would have written, as an object. */
export type LogLine = v.InferOutput<typeof logLine>;

/** Powertools' logger with its lines handed on instead of printed. */
export class FunctionLogger extends Logger {
  readonly #write: (line: LogLine) => void;

  constructor(serviceName: string, write: (line: LogLine) => void) {
    super({ serviceName });
    this.#write = write;
  }

  protected override printLog(...[, item]: Parameters<Logger['printLog']>): void {
    item.prepareForPrint();
    const line = JSON.stringify(item.getAttributes(), this.getJsonReplacer());
    this.#write(v.parse(logLine, JSON.parse(line)));
  }
}
