export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof steps)[number];

/** What the rotation engine does, as it does it. Never holds a value, nor a function's message. */
export interface RotationEvent {
  readonly type:
    | 'RotationStarted'
    | 'RotationSucceeded'
    | 'RotationFailed'
    | 'RotationAbandoned'
    | 'TestRotationStarted'
    | 'TestRotationSucceeded'
    | 'TestRotationFailed'
    | 'StepStarted'
    | 'StepSucceeded'
    | 'StepFailed';
  readonly at: Date;
  /** The secret's ARN. */
  readonly secret: string;
  readonly versionId: string;
  readonly step?: Step;
  /** Counts the attempts at one rotation from 1. */
  readonly attempt?: number;
  /** The `name` of what the function threw. */
  readonly error?: string;
}
