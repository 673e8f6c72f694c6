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
  readonly secretsManagerCalls: {
    /** Of the secret that is rotated. */
    readonly total: number;
    readonly writes: number;
    /** Reads of the secret of an administrator, where one changes the password. */
    readonly ofAdministrator: number;
  };
  /** Kinds of calls so far that the policies of template.yaml did not allow. */
  readonly refusedCalls: number;
  /** What happened to requests that failed; absent where none did. */
  readonly failures?: readonly string[];
  /** Why it failed; absent when it succeeded. */
  readonly error?: string;
}

export interface DemoReport {
  readonly secret: string;
  /** How it was rotated. */
  readonly strategy: string;
  readonly rotations: readonly RotationReport[];
}

/** Whether every rotation succeeded, was allowed all it did, and cost nobody a request. */
export function succeeded({ rotations }: DemoReport): boolean {
  return rotations.every(
    ({ error, keys, requests, refusedCalls }) =>
      error === undefined &&
      refusedCalls === 0 &&
      Object.keys(keys).every((key) => requests[key]?.failed === 0),
  );
}
