import { valueOf, type BackupDocument } from '../backup/backup-format.ts';
import { markedAmong, type MarkedVersion } from '../publish/compromised-values.ts';

/** The versions that were marked as compromised when they were backed up, the others beside it too. */
export const markedInBackup = ({ versions }: BackupDocument): readonly MarkedVersion[] =>
  markedAmong(versions.map((version) => ({ labels: version.labels, value: valueOf(version) })));
