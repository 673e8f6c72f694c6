import type { Mark } from './compromised.ts';
import { RotationError } from './errors.ts';
import type { SecretDocument } from './secret-document.ts';

/** The labels, with Keyturn's own on a superseded version. */
export const labels = {
  current: 'AWSCURRENT',
  previous: 'AWSPREVIOUS',
  pending: 'AWSPENDING',
  /** On the last version that a rotation made, so that it stays listed when it is abandoned. */
  made: 'KEYTURN_MADE',
  /** A claim: its credentials are being revoked, so nobody may make it current again. */
  retiring: 'KEYTURN_RETIRING',
  /** A receipt: nothing of it is owed any more. */
  retired: 'KEYTURN_RETIRED',
  /** It was published, and a rollback took it back; set right before AWSCURRENT leaves it. */
  undone: 'KEYTURN_UNDONE',
  /** On a value that a person gave, while the systems are asked whether they accept it; nothing acts on it. */
  proposed: 'KEYTURN_PROPOSED',
} as const;

export type Label = (typeof labels)[keyof typeof labels];

/** `KEYTURN_UNDOING_<time>_<random>`: until then a rollback may take AWSCURRENT away from its version. */
export type Lease = `KEYTURN_UNDOING_${string}`;

/** What DescribeSecret tells: no values. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly rotationEnabled: boolean;
  readonly lastRotatedAt: Date | undefined;
  /** Absent where no rotation was ever scheduled. */
  readonly schedule?: RotationSchedule | undefined;
  /** Labelled versions only. */
  readonly labelsOf: ReadonlyMap<string, readonly string[]>;
}

/** When the service means to rotate a secret. */
export interface RotationSchedule {
  /** The latest time of the next rotation; absent where rotation is switched off. */
  readonly nextAt: Date | undefined;
  /** Days from one rotation to the next. */
  readonly everyDays: number | undefined;
  /** How long a rotation window stays open. */
  readonly windowMs: number;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly createdAt: Date;
  /** All labels that the version had when it was read. */
  readonly labels: readonly string[];
  readonly document: SecretDocument;
}

/** One secret, as the protocol needs it. All calls carry the invocation's abort signal. */
export interface SecretStore {
  describe(): Promise<SecretDescription>;
  /** The version an id and a label agree on, or one of the two names; `undefined` without a value. */
  read(at: { versionId?: string; label?: Label }): Promise<SecretVersion | undefined>;
  /** When a version was made, whatever it holds; `undefined` without a value. */
  createdAt(at: { versionId: string; label: Label }): Promise<Date | undefined>;
  /** Stores the value under the token with AWSPENDING and KEYTURN_MADE. `conflict`: another value is there already. */
  putPending(token: string, document: SecretDocument): Promise<'stored' | 'conflict'>;
  /**
   * Moves or sets a label as a compare-and-swap: it fails when the label is not on `from`.
   * Without `from` it is set fresh, without `to` it is taken off.
   */
  moveLabel(move: {
    label: Label | Lease | Mark;
    from?: string | undefined;
    to?: string | undefined;
  }): Promise<void>;
}

/** The version a label is on. A label is on one version at most. */
export function versionWith(description: SecretDescription, label: Label): string | undefined {
  for (const [versionId, carried] of description.labelsOf) {
    if (carried.includes(label)) return versionId;
  }
  return undefined;
}

export function hasLabel(description: SecretDescription, versionId: string, label: Label): boolean {
  return description.labelsOf.get(versionId)?.includes(label) ?? false;
}

/**
 * The current version by id and label together, which does not lag behind a label move. Throws
 * `NO_CURRENT_VERSION`, or `ROTATION_IN_PROGRESS` where the label has moved on meanwhile.
 */
export async function readCurrent(
  secret: SecretStore,
  description: SecretDescription,
): Promise<SecretVersion> {
  const versionId = versionWith(description, labels.current);
  const current = versionId && (await secret.read({ versionId, label: labels.current }));
  if (current) return current;
  throw versionId ? await goneOrMoved(secret, versionId) : noCurrentVersion();
}

async function goneOrMoved(secret: SecretStore, versionId: string): Promise<RotationError> {
  const latest = versionWith(await secret.describe(), labels.current);
  return latest === undefined || latest === versionId ? noCurrentVersion() : currentMoved();
}

/** Somebody else is changing the secret. */
export const currentMoved = () =>
  new RotationError(
    'ROTATION_IN_PROGRESS',
    'AWSCURRENT moved while it was read: somebody else is changing the secret. Nothing was changed ' +
      'beside it. It is tried again by itself.',
  );

export const noCurrentVersion = () =>
  new RotationError(
    'NO_CURRENT_VERSION',
    'The secret has no version with the label AWSCURRENT and a value, so there is nothing to rotate ' +
      'from. Store a first value with PutSecretValue, then rotate again.',
  );
