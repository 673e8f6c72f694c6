import { Logger } from '@aws-lambda-powertools/logger';

/** One line of a function's log: what Powertools would have written, as an object. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Powertools' logger with its lines handed on instead of printed. */
export class FunctionLogger extends Logger {
  readonly #write: (line: LogLine) => void;

  constructor(serviceName: string, write: (line: LogLine) => void) {
    super({ serviceName });
    this.#write = write;
  }

  protected override printLog(...[, item]: Parameters<Logger['printLog']>): void {
    item.prepareForPrint();
    const line: LogLine = JSON.parse(JSON.stringify(item.getAttributes(), this.getJsonReplacer()));
    this.#write(line);
  }
}
