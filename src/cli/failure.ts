/** What was asked for was refused, or failed on the way. The message says what to do next. */
export class Failure extends Error {
  /** A code of Keyturn's (docs/operating.md, deploying.md, application.md), or the name of an error of AWS's. */
  readonly code: string;
  readonly exitCode: number = 1;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }

  toJSON() {
    return { outcome: 'failed', code: this.code, message: this.message };
  }
}

/** The command was called in a way it cannot work with. */
export class UsageError extends Failure {
  override readonly exitCode = 2;

  constructor(message: string) {
    super('USAGE', message);
  }
}

/**
 * Somebody pressed Ctrl-C, ended the input or sent a signal. Without an argument it was at a
 * question, and questions come before any change.
 */
export class Interrupted extends Failure {
  /** What shells report for a program that Ctrl-C ended. */
  override readonly exitCode = 130;

  constructor(code = 'INTERRUPTED', message = 'Interrupted. Nothing was changed.') {
    super(code, message);
  }
}
