import type { Told } from './inspection.ts';

/**
 * What a rotation that began now would meet, for a person or a program. Holds no value. Times are
 * ISO 8601.
 */
export interface Rehearsal {
  /** The secret's ARN. */
  readonly secret: string;
  readonly name: string;
  readonly at: string;
  /** Whether nothing was found that would stand in its way. */
  readonly ready: boolean;
  /** What stands in the way of all keys, such as a rotation that is pending. */
  readonly obstacles: readonly Told[];
  /** In the order of the configuration. Empty where the secret itself could not be read. */
  readonly keys: readonly RehearsedKey[];
}

/** One rotator, and what its system says to a rotation. */
export interface RehearsedKey {
  readonly key: string;
  readonly rotator: string;
  /** Keys whose values a rotation replaces, this one first. */
  readonly changes: readonly string[];
  readonly check: 'passed' | 'refused';
  /** The switch to a value that is then forgotten; absent where there is none, or the check refused. */
  readonly rehearsal?: 'passed' | 'refused' | undefined;
  /** Why it was refused. */
  readonly problem?: Told | undefined;
}
