/**
 * The four steps of a rotation, what cleans up behind them, and what a person asks for: to take one
 * back, to look, to rehearse one, and to repair.
 */
export type Step =
  | 'createSecret'
  | 'setSecret'
  | 'testSecret'
  | 'finishSecret'
  | 'reconcile'
  | 'rollback'
  | 'inspect'
  | 'rehearse'
  | 'repair'
  | 'compromise'
  | 'reconcile-now';

/**
 * Every code an error of Keyturn can carry, and whether calling again with the same token may
 * help. A code never changes its meaning; `docs/operating.md` says what to do about each.
 */
export const retryableByCode = {
  ACCESS_DENIED: false,
  ADMIN_REJECTED: true,
  ADMIN_SECRET_UNUSABLE: false,
  CANNOT_BOOK: true,
  CANNOT_TELL: true,
  CONFIG_INVALID: false,
  CONFIG_MISMATCH: false,
  CURRENT_CHANGED: false,
  CURRENT_REJECTED: false,
  DATABASE_BUSY: true,
  EVENT_INVALID: false,
  INSTANCE_BUSY: true,
  INSTANCE_NOT_FOUND: false,
  INSTANCE_UNSUITABLE: false,
  KEEP_REJECTED: false,
  KEY_CLAIMED_TWICE: false,
  KEY_MISSING: false,
  KEY_NOT_ROTATED: false,
  KEY_NOT_TEXT: false,
  KEY_UNUSABLE: false,
  KMS_KEY_UNUSABLE: true,
  NO_CURRENT_VERSION: false,
  NOT_ENOUGH_TIME: true,
  OUTCOME_UNKNOWN: true,
  PENDING_REJECTED: false,
  PENDING_WITHOUT_VALUE: true,
  PRIVILEGE_MISSING: false,
  PROVIDER_REFUSED: false,
  REPAIR_OUTDATED: false,
  ROLLBACK_REFUSED: false,
  ROTATION_IN_PROGRESS: true,
  ROTATION_NOT_ENABLED: false,
  SECONDARY_UNPROVEN: false,
  SECRET_DUPLICATE_KEY: false,
  SECRET_NOT_CONFIGURED: false,
  SECRET_NOT_FOUND: false,
  SECRET_NOT_JSON_OBJECT: false,
  SETUP_UNSUITABLE: false,
  STATEMENT_REFUSED: false,
  SWITCH_UNFINISHED: true,
  THROTTLED: true,
  TLS_FAILED: true,
  TOKEN_NOT_PENDING: false,
  TOKEN_UNKNOWN: false,
  TOO_MANY_LABELS: false,
  UNEXPECTED: true,
  UNKNOWN_ROTATOR: false,
  UNREACHABLE: true,
  VALUE_TOO_LARGE: false,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof retryableByCode;

interface Details {
  readonly step?: Step | undefined;
  readonly key?: string | undefined;
  /** Must be free of secret values: pass foreign errors through `redactedCause` first. */
  readonly cause?: Error | undefined;
}

/**
 * The one error of Keyturn. Its message says what failed, on which key, and what to do next, and
 * never holds a secret value. `retryable` tells a state that passes from one that a person mends.
 */
export class RotationError extends Error {
  readonly code: ErrorCode;
  readonly step: Step | undefined;
  readonly key: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, { step, key, cause }: Details = {}) {
    super(message, cause ? { cause } : undefined);
    this.name = `RotationError[${code}]`;
    this.code = code;
    this.retryable = retryableByCode[code];
    this.step = step;
    this.key = key;
  }

  /** The same error, with the step and key where it happened filled in if they were open. */
  at(place: Pick<Details, 'step' | 'key'>): RotationError {
    const located = new RotationError(this.code, this.message, {
      step: this.step ?? place.step,
      key: this.key ?? place.key,
      cause: this.cause instanceof Error ? this.cause : undefined,
    });
    located.stack = this.stack ?? '';
    return located;
  }
}

/** The code of whatever was thrown. */
export const codeOf = (error: unknown): ErrorCode =>
  error instanceof RotationError ? error.code : 'UNEXPECTED';

/** The function's own time is nearly up. Nothing is undone: the next call goes on from here. */
export const outOfTime = (place: Pick<Details, 'step' | 'key'> = {}) =>
  new RotationError(
    'NOT_ENOUGH_TIME',
    'The function ran out of time before this could be done safely. It is tried again by itself; ' +
      'if that keeps happening, raise the function timeout.',
    place,
  );
