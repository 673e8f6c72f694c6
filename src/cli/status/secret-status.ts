import type { InspectionAnswer } from '../inspection.ts';

/** How one secret stands, as `--json` prints it: docs/operating.md explains every field. No values. */
export interface SecretStatus {
  /** The ARN; where the secret could not be found, what it was called by. */
  readonly secret: string;
  readonly name: string;
  readonly region?: string | undefined;
  readonly functionArn?: string | undefined;
  readonly state: State;
  /** What a person should know, the most pressing first. */
  readonly findings: readonly Finding[];
  readonly rotation?: RotationStatus | undefined;
  /** Labelled versions: AWSCURRENT, AWSPENDING, AWSPREVIOUS, and the others. */
  readonly versions: InspectionAnswer['versions'];
  /** What each system said; empty where none was asked. */
  readonly keys: InspectionAnswer['keys'];
  /** When the systems were asked. */
  readonly inspectedAt?: string | undefined;
}

/** `unknown`: it could not be asked, so nobody knows. */
export type State = 'works' | 'attention' | 'unknown';

/** Times are ISO 8601. */
export interface RotationStatus {
  readonly enabled: boolean;
  /** Such as `rate(30 days)`. */
  readonly schedule?: string | undefined;
  /** How long a window stays open, such as `4h`. */
  readonly window?: string | undefined;
  readonly lastRotatedAt?: string | undefined;
  /** The latest time of the next rotation. */
  readonly nextRotationAt?: string | undefined;
}

export interface Finding {
  readonly finding: FindingName;
  /** A note says what passes by itself. */
  readonly level: 'attention' | 'note';
  readonly key?: string | undefined;
  /** Of the error it comes from. */
  readonly code?: string | undefined;
  readonly message: string;
}

/** docs/operating.md says what to do about each. */
export const findingNames = [
  'abandoned-owed',
  'being-deleted',
  'current-not-asked',
  'current-rejected',
  'foreign-function',
  'next-rotation-blocked',
  'no-current-version',
  'not-asked',
  'not-rotated',
  'pending-stuck',
  'retirement-owed',
  'rotation-off',
  'rotation-overdue',
  'rotation-under-way',
  'value-unusable',
] as const;

export type FindingName = (typeof findingNames)[number];

/** The findings that leave it open how the secret stands. */
const blind: ReadonlySet<FindingName> = new Set(['not-asked', 'foreign-function']);

export function stateOf(findings: readonly Finding[]): State {
  if (findings.some(({ finding }) => blind.has(finding))) return 'unknown';
  return findings.some(({ level }) => level === 'attention') ? 'attention' : 'works';
}
