import type { ErrorCode } from './errors.ts';
import type { Verdict } from './rotator.ts';
import type { WayOut } from './way-out.ts';

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
  /** Keys that are built from the others. */
  readonly derived: readonly DerivedKey[];
  /** What can be done about it, where something is to be done. */
  readonly wayOut: WayOut;
}

/** What was seen, before it is judged. */
export type Sight = Omit<Inspection, 'wayOut'>;

export interface InspectedVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  /** Absent where no value was stored yet. */
  readonly createdAt?: string | undefined;
  /** What a rotation that starts from here would stumble over, such as a missing key. */
  readonly problem?: Told | undefined;
  /** A key that no rotation changes, and that is another than under AWSCURRENT: somebody stored it. */
  readonly foreignChange?: string | undefined;
}

/** One rotator, and what its system says. */
export interface InspectedKey {
  readonly key: string;
  readonly rotator: string;
  /** Keys whose values a rotation replaces, this one first. */
  readonly changes: readonly string[];
  /** Keys among those that the secret need not have. */
  readonly optional: readonly string[];
  /** Keys that it needs beside them, such as a user's name. */
  readonly reads: readonly string[];
  /** Whether its system holds one credential, and is switched from one to another. */
  readonly switches: boolean;
  /** Whether its credential can be set where none that is known works. */
  readonly administered: boolean;
  /** Whether a provider makes it. */
  readonly madeByProvider: boolean;
  /** One verdict for each version that holds a credential; equal credentials are asked for once. */
  readonly credentials: readonly InspectedCredential[];
  /** Why a rotation that starts from AWSCURRENT could not succeed; absent where it could. */
  readonly obstacle?: Told | undefined;
  /** Until when the credential under AWSPREVIOUS may live; absent where it is owed no end. */
  readonly supersededUntil?: string | undefined;
}

export interface DerivedKey {
  readonly key: string;
  /** Whether AWSCURRENT holds what the configuration would build from the other keys in it. */
  readonly asBuilt: boolean;
}

export interface InspectedCredential {
  readonly versionId: string;
  readonly verdict: Verdict | 'failed';
  /** True where another version than AWSCURRENT's holds the same credential as that. */
  readonly asCurrent?: boolean | undefined;
  /** Why the system could not be asked. */
  readonly problem?: Told | undefined;
}

/** An error, without its cause. */
export interface Told {
  readonly code: ErrorCode;
  readonly key?: string | undefined;
  readonly message: string;
}
