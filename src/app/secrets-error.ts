/** What went wrong, for programs. docs/application.md says what to do about each. */
export type SecretsErrorCode =
  | 'SECRET_ID_MISSING'
  | 'REGION_MISSING'
  | 'SECRET_NOT_LOADED'
  | 'SECRET_UNREACHABLE'
  | 'SECRET_REFUSED'
  | 'SECRET_INVALID'
  | 'SECRET_TOO_OLD'
  | 'KEY_MISSING'
  | 'SETTINGS_INCOMPLETE'
  | 'SETTINGS_REQUIRED';

/** What is known of the error behind one of ours: names and numbers, never a text of its own. */
export interface Cause {
  /** Such as `AccessDeniedException` or `ECONNREFUSED`. */
  readonly name: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
}

/** Its message names keys and secrets, and says what to do next. It never holds a value. */
export class SecretsError extends Error {
  readonly code: SecretsErrorCode;
  declare readonly cause?: Cause;

  constructor(code: SecretsErrorCode, message: string, cause?: Cause) {
    super(message, cause && { cause });
    this.name = 'SecretsError';
    this.code = code;
  }

  toJSON() {
    const { name, code, message, cause } = this;
    return { name, code, message, ...(cause && { cause }) };
  }
}
