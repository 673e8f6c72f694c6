/** What a test may choose, at any time. */
export interface RdsBehaviour {
  /** From the call until the status leaves `available`. */
  statusDelayMs: number;
  /** From then until the new password is in force. */
  resetMs: number;
  /** From then until the status is `available` again and nothing is pending. */
  settleMs: number;
  /** Whether the status shows the reset at all. */
  showStatus: boolean;
  /** Resets end without the password having been set. */
  failReset: boolean;
  /** A second password while one is pending and the status still reads `available`. */
  secondPassword: 'refuse' | 'replace';
  /** A cluster's password stays pending unless ApplyImmediately is sent: AWS's documents disagree. */
  clusterNeedsApplyImmediately: boolean;
}

export const defaultRdsBehaviour: RdsBehaviour = {
  statusDelayMs: 150,
  resetMs: 250,
  settleMs: 50,
  showStatus: true,
  failReset: false,
  secondPassword: 'refuse',
  clusterNeedsApplyImmediately: false,
};
