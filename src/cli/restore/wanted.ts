import type { BackedUpVersion, BackupDocument } from '../backup/backup-format.ts';
import type { RestoreOptions } from './options.ts';

/** What is to be restored, and where. Holds values. */
export interface Wanted {
  readonly options: RestoreOptions;
  readonly backup: BackupDocument;
  /** The one of its versions that was chosen. */
  readonly version: BackedUpVersion;
  /** The name or ARN of the secret to restore into. */
  readonly name: string;
}
