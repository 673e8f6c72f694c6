import type { ErrorCode } from './errors.ts';
import type { Verdict } from './rotator.ts';

/**
 * How a secret and the systems behind it stand at one moment, for a person or a program. Holds no
 * value. Times are ISO 8601.
 */
export interface Inspection {
  /** The secret's ARN. */
  readonly secret: string;
  readonly name: string;
  readonly at: string;
  readonly rotationEnabled: boolean;
  /** Versions that carry a label; AWSCURRENT first. */
  readonly versions: readonly InspectedVersion[];
  /** In the order of the configuration. */
  readonly keys: readonly InspectedKey[];
}

export interface InspectedVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  /** Absent where no value was stored yet. */
  readonly createdAt?: string | undefined;
  /** What a rotation that starts from here would stumble over, such as a missing key. */
  readonly problem?: Told | undefined;
}

/** One rotator, and what its system says. */
export interface InspectedKey {
  readonly key: string;
  readonly rotator: string;
  /** Keys whose values a rotation replaces, this one first. */
  readonly changes: readonly string[];
  /** One verdict for each version that holds a credential; equal credentials are asked for once. */
  readonly credentials: readonly InspectedCredential[];
  /** Why a rotation that starts from AWSCURRENT could not succeed; absent where it could. */
  readonly obstacle?: Told | undefined;
  /** Until when the credential under AWSPREVIOUS lives; absent where none does. */
  readonly supersededUntil?: string | undefined;
}

export interface InspectedCredential {
  readonly versionId: string;
  readonly verdict: Verdict | 'failed';
  /** Why the system could not be asked. */
  readonly problem?: Told | undefined;
}

/** An error, without its cause. */
export interface Told {
  readonly code: ErrorCode;
  readonly key?: string | undefined;
  readonly message: string;
}
