/** A database that RDS manages: an instance, or a cluster. */
export interface DatabaseSeed {
  readonly identifier: string;
  /** AWS's name: `postgres`, `mysql`, `aurora-postgresql`, … */
  readonly engine: string;
  readonly engineVersion?: string;
  readonly masterUsername: string;
  /** Absent while a database is being created. */
  readonly endpoint?: { readonly address: string; readonly port: number };
  /** Makes the password the master user's, at the real server. */
  applyMasterPassword(password: string): Promise<void>;
  /** Its presence means that RDS itself manages the password. */
  readonly masterUserSecret?: { readonly secretArn: string; readonly secretStatus?: string };
  /** Default `password`. */
  readonly masterUserAuthenticationType?: 'password' | 'iam-db-auth';
  /** IAM database authentication is enabled, for other users than the master. Default false. */
  readonly iamAuth?: boolean;
  /** Other changes that wait for the maintenance window, as `PendingModifiedValues` shows them. */
  readonly pendingChanges?: Readonly<Record<string, string>>;
}

export interface InstanceSeed extends DatabaseSeed {
  /** The cluster it is a member of. */
  readonly clusterIdentifier?: string;
}

/** A database in the stand-in. What is not `readonly` a test may change. */
export interface Database extends Omit<InstanceSeed, 'endpoint'> {
  readonly kind: 'instance' | 'cluster';
  endpoint: DatabaseSeed['endpoint'];
  status: string;
  /** `deferred`: accepted, and never applied. */
  password: 'settled' | 'changing' | 'deferred';
}

export const resetting = 'resetting-master-credentials';

export function databaseOf(kind: Database['kind'], seed: InstanceSeed): Database {
  return {
    ...seed,
    kind,
    identifier: seed.identifier.toLowerCase(),
    endpoint: seed.endpoint,
    status: 'available',
    password: 'settled',
  };
}
