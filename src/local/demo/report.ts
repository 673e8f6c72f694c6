import type { RotationStep } from '../../rotation/run-step.ts';
import type { Counts } from './traffic.ts';

/** What one rotation did. Holds names, ids, counts and times; never a value. */
export interface RotationReport {
  /** Ids of the version under AWSCURRENT. */
  readonly versions: { readonly before: string; readonly after: string };
  readonly keys: Readonly<Record<string, { readonly rotator: string; readonly changed: boolean }>>;
  readonly steps: readonly { readonly step: RotationStep; readonly ms: number }[];
  /** From the switch to the label move; 0 where nothing was switched. */
  readonly switchGapMs: number;
  readonly requests: Counts;
  /** The rotation function's own, in its four steps. */
  readonly secretsManagerCalls: { readonly total: number; readonly writes: number };
  /** Kinds of calls so far that the policies of template.yaml did not allow. */
  readonly refusedCalls: number;
  /** Why it failed; absent when it succeeded. */
  readonly error?: string;
}

export interface DemoReport {
  readonly secret: string;
  readonly rotations: readonly RotationReport[];
}

/** Keys whose requests must not fail; a database with one password has a gap, which is shown. */
const withoutGap = ['SECRET_KEY', 'TWILIO_AUTH_TOKEN'];

/** Whether every rotation succeeded, was allowed all it did, and cost nobody but the gap a request. */
export function succeeded({ rotations }: DemoReport): boolean {
  return rotations.every(
    ({ error, requests, refusedCalls }) =>
      error === undefined &&
      refusedCalls === 0 &&
      withoutGap.every((key) => requests[key]?.failed === 0),
  );
}
