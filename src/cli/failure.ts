/** The command was called in a way it cannot work with. */
export class UsageError extends Error {}

/** What was asked for was refused, or failed on the way. The message says what to do next. */
export class Failure extends Error {
  /** A code of Keyturn's (docs/operating.md), or the name of an error of AWS's. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }

  toJSON() {
    return { outcome: 'failed', code: this.code, message: this.message };
  }
}

/** An error of an AWS client as a sentence. */
export function awsFailure(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure('UNEXPECTED', `${doing} failed.`);
  return new Failure(error.name, `${doing} failed (${error.name}): ${error.message}`);
}
