/**
 * What AWS does not document, or what has been seen both ways. Tests change these at run time to
 * prove that a rotation function survives either.
 */
export interface SecretsManagerBehaviour {
  /** How many more times a failed rotation is attempted, with the same token. */
  retryAttempts: number;
  /** Milliseconds between a failed attempt and the next. */
  retryDelayMs: number;
  /**
   * What follows when a failing function took AWSPENDING off its own version: nothing before the
   * next window, the same token again, or the rotation counts as succeeded.
   */
  afterUndo: 'next-window' | 'retry-at-once' | 'succeed';
  /** Whether AWSPENDING stays beside AWSCURRENT when a rotation has succeeded. */
  pendingAfterSuccess: 'kept' | 'removed';
  /** How long reads by label alone go on answering what was true before a label moved. */
  labelReadLagMs: number;
  /** Whether the function is sent a `RotationToken`. */
  sendRotationToken: boolean;
  /** Whether ListSecretVersionIds leaves AWSPENDING out. DescribeSecret never does. */
  listOmitsPending: boolean;
  /**
   * What answers a label move that has been made already, sent again with the same
   * `RemoveFromVersionId`: a refusal, or success.
   */
  repeatedLabelMove: 'refused' | 'accepted';
  /** How many versions a secret may have before unlabelled ones are removed. */
  versionLimit: number;
}

export const defaultBehaviour: Readonly<SecretsManagerBehaviour> = {
  retryAttempts: 3,
  retryDelayMs: 1000,
  afterUndo: 'next-window',
  pendingAfterSuccess: 'kept',
  labelReadLagMs: 0,
  sendRotationToken: true,
  listOmitsPending: false,
  repeatedLabelMove: 'refused',
  versionLimit: 100,
};
