/** What the rotator needs to know of an RDS instance or cluster. */
export interface RdsState {
  /** RDS's own word, such as `available` or `resetting-master-credentials`. */
  readonly status: string;
  readonly engine: string;
  readonly masterUsername: string;
  /** Missing while the database is being made. */
  readonly endpoint: { readonly address: string; readonly port: number } | undefined;
  /** RDS itself keeps the master password in a secret of its own. */
  readonly managedByRds: boolean;
  /** The cluster this instance is a member of: its password is the cluster's. */
  readonly memberOf: string | undefined;
  readonly passwordPending: boolean;
  /** Other changes that wait for a maintenance window, by their names. */
  readonly otherPending: readonly string[];
}

/** One instance or cluster. Throws `RotationError`. */
export interface RdsDatabase {
  describe(signal: AbortSignal): Promise<RdsState>;
  /** Answers before the password is in force: RDS applies it later, at a time of its own. */
  setMasterPassword(password: string, signal: AbortSignal): Promise<void>;
}

export interface RdsTarget {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
}

export type OpenRds = (target: RdsTarget) => Promise<RdsDatabase>;
