import type { ErrorCode } from '../rotation/errors.ts';

/** Where CloudWatch lists what Keyturn measures. */
export const namespace = 'Keyturn';

/**
 * Every metric and its unit. Each has the dimension `Secret`, the secret's name. A name never
 * changes its meaning; `docs/operating.md` says what to do about each.
 */
export const metricUnits = {
  CurrentVersionAge: 'Seconds',
  DeadLetters: 'Count',
  GraceEndedEarly: 'Count',
  Healed: 'Count',
  OperationFailed: 'Count',
  ReconcileBooked: 'Count',
  ReconcileDelayed: 'Count',
  ReconcileDone: 'Count',
  ReconcileFailed: 'Count',
  RetirementOwed: 'Count',
  RollbackFailed: 'Count',
  RolledBack: 'Count',
  RolledForward: 'Count',
  RotationDelayed: 'Count',
  RotationDuration: 'Milliseconds',
  RotationEnabled: 'Count',
  RotationFailed: 'Count',
  RotationFinished: 'Count',
  RotationOverdue: 'Count',
  RotationStarted: 'Count',
  RotationUndone: 'Count',
  SwitchGap: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Those that are counted a second time under the dimension `Code`, the code of the error. */
export const metricsByCode = [
  'OperationFailed',
  'ReconcileDelayed',
  'ReconcileFailed',
  'RollbackFailed',
  'RotationDelayed',
  'RotationFailed',
] as const satisfies readonly MetricName[];

/** One measured value, in the unit of its metric. */
export type Measurement =
  | { readonly name: MetricName; readonly value: number; readonly code?: undefined }
  | {
      readonly name: (typeof metricsByCode)[number];
      readonly value: number;
      readonly code: ErrorCode;
    };
