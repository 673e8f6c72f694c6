import { labels } from '../../../rotation/secret-store.ts';
import { findingsOf, type Finding } from '../finding.ts';
import { isBackwards, type LabelledVersion, versionAt } from './versions.ts';

const { ok, warn, fail } = findingsOf('labels');

/** Which version carries which label. */
export function examineLabels(
  versions: readonly LabelledVersion[],
  secretId: string,
): readonly Finding[] {
  const current = versionAt(versions, labels.current);
  const pending = versionAt(versions, labels.pending);
  const isMovedBack = isBackwards(versions);
  // What was published keeps AWSPENDING: it is not stuck there, AWSCURRENT was moved away.
  const isStuck =
    pending && pending !== current && !(isMovedBack && pending.labels.includes(labels.previous));
  const findings = [
    ...(current ? [] : [noCurrent(secretId)]),
    ...(isStuck ? [stuck(pending, secretId)] : []),
    ...(isMovedBack ? [backwards(secretId)] : []),
    ...(versions.some((version) => version.labels.length > manyLabels) ? [tooMany()] : []),
  ];
  if (findings.length > 0) return findings;
  return [ok(`AWSCURRENT is on ${short(current)}, and no rotation is under way.`)];
}

/** Secrets Manager's limit is 20 labels a version. */
const manyLabels = 16;

export const short = (version: LabelledVersion | undefined) =>
  version ? version.versionId.slice(0, 8) : 'nothing';

const noCurrent = (secretId: string) =>
  fail('NO_CURRENT_VERSION', {
    message: 'No version carries AWSCURRENT: applications have nothing to read.',
    fix: `Store a value: keyturn init creates a secret, aws secretsmanager put-secret-value --secret-id ${secretId} a version.`,
  });

const stuck = (pending: LabelledVersion, secretId: string) =>
  fail('PENDING_STUCK', {
    message:
      `AWSPENDING is on ${short(pending)}, which is not current` +
      (pending.createdAt ? `, since ${pending.createdAt.toISOString()}` : '') +
      ': a rotation is under way, or stopped half-way. Until it ends, no other one begins.',
    fix: `Where a rotation has just begun, look again in some minutes. Else: keyturn repair ${secretId}`,
  });

const backwards = (secretId: string) =>
  fail('LABEL_ON_WRONG_VERSION', {
    message:
      'AWSCURRENT is on a version that is older than AWSPREVIOUS, and no keyturn rollback put it there.',
    fix: `Somebody moved the label by hand. keyturn repair ${secretId} asks every system which values work.`,
  });

const tooMany = () =>
  warn('TOO_MANY_LABELS', {
    message:
      'A version carries more than 16 labels; Secrets Manager takes 20, and then moves none.',
    fix: 'Take off labels of your own: aws secretsmanager update-secret-version-stage.',
  });
