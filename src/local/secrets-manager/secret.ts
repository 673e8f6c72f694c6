import type { RotationRules } from './schedule.ts';

/** A value as the wire carries it: a string, or bytes in base64. Never both. */
export interface SecretValue {
  readonly string?: string | undefined;
  readonly binary?: string | undefined;
}

export interface Version {
  readonly id: string;
  readonly createdDate: Date;
  /** Absent while only the rotation has made the version and nobody has written it. */
  value?: SecretValue | undefined;
  lastAccessedDate?: Date | undefined;
}

/** From `at` on a label has been on this version, or on none. */
export interface Placement {
  readonly at: number;
  readonly versionId: string | undefined;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdDate: Date;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, Version>;
  /** Where each label is and was. `labels.ts` is the only writer. */
  readonly labels: Map<string, Placement[]>;
  readonly rotation: Rotation;
  description?: string | undefined;
  kmsKeyId?: string | undefined;
  /** JSON, as it was put. */
  resourcePolicy?: string | undefined;
  lastChangedDate: Date;
  lastAccessedDate?: Date | undefined;
  /** When it will be gone for good; present while it is scheduled for deletion. */
  deletionDate?: Date | undefined;
}

export interface Rotation {
  /** Absent until rotation has been turned on once. */
  enabled?: boolean;
  functionArn?: string;
  rules?: RotationRules;
  lastDate?: Date;
  nextDate?: Date | undefined;
}
