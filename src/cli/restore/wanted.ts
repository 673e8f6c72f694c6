import type { BackedUpVersion, BackupDocument } from '../backup/backup-format.ts';
import type { StoredValue } from '../publish/stored-value.ts';
import type { RestoreOptions } from './options.ts';

/** What is to be restored, and where. Holds values. */
export interface Wanted {
  readonly options: RestoreOptions;
  readonly backup: BackupDocument;
  readonly version: BackedUpVersion;
  readonly value: StoredValue;
  /** The name or ARN of the secret to restore into. */
  readonly name: string;
}
