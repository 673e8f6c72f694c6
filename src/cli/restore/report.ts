import Table from 'cli-table3';
import type { BackupDocument, BackedUpVersion } from '../backup/backup-format.ts';
import { printableName } from '../printable.ts';
import { toldOf } from '../backup/told-labels.ts';
import type { ComparedKey } from './comparison.ts';

/** A backup as it may be told: names, times and labels. */
export interface Opened {
  readonly backup: BackupDocument;
  /** What of it is restored. */
  readonly version: BackedUpVersion;
  /** Absent where the secret could not be read. */
  readonly compared: readonly ComparedKey[] | undefined;
  readonly keys: readonly string[];
}

/** What the backup holds, for a person: never a value. */
export function describeBackup({ backup, version, compared, keys }: Opened): string {
  const { secret, createdAt, versions } = backup;
  const rows = compared ?? keys.map((key) => ({ key, is: 'not compared' }));
  const table = new Table({ head: ['KEY', 'VALUE'], style: plain });
  table.push(...rows.map(({ key, is }) => [printableName(key), is]));
  const others = versions
    .filter((each) => each !== version)
    .flatMap(({ labels }) => toldOf(labels));
  const beside =
    others.length > 0 ? `  others in it: ${others.join(', ')} (choose by --stage)\n` : '';
  return (
    `Backup of ${secret.name}, made ${createdAt}\n` +
    `  from       ${secret.arn}\n` +
    `  version    ${version.versionId} (${toldOf(version.labels).join(', ')}), made ${version.createdAt}\n` +
    `${beside}${table.toString()}\n`
  );
}

/** The same for a program. */
export const backupDocument = ({ backup, version, compared, keys }: Opened) => ({
  backup: {
    secret: backup.secret.name,
    arn: backup.secret.arn,
    createdAt: backup.createdAt,
    versionId: version.versionId,
    labels: version.labels,
  },
  keys: compared ?? keys.map((key) => ({ key, is: 'not compared' })),
});

const plain = { head: [], border: [], compact: true };
