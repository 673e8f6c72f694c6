import { labels } from '../../../rotation/secret-store.ts';
import { absolute, both } from '../../status/times.ts';
import { slackMs } from '../../stuck.ts';
import { findingsOf, type Finding } from '../finding.ts';
import { isBackwards, type LabelledVersion, versionAt } from './versions.ts';

const { ok, warn, fail } = findingsOf('labels');

/** Which version carries which label. */
export function examineLabels(
  versions: readonly LabelledVersion[],
  { secretId, now }: { readonly secretId: string; readonly now: Date },
): readonly Finding[] {
  const current = versionAt(versions, labels.current);
  const pending = versionAt(versions, labels.pending);
  const isMovedBack = isBackwards(versions);
  // What was published keeps AWSPENDING: it is not stuck there, AWSCURRENT was moved away.
  const isStuck =
    pending && pending !== current && !(isMovedBack && pending.labels.includes(labels.previous));
  const findings = [
    ...(current ? [] : [noCurrent(secretId)]),
    ...(isStuck ? [stuck(pending, { secretId, now })] : []),
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

/** A failure even where it may pass by itself: as long as it stands, no other rotation begins. */
function stuck(
  pending: LabelledVersion,
  { secretId, now }: { readonly secretId: string; readonly now: Date },
): Finding {
  const { createdAt } = pending;
  const since = createdAt ? `, since ${both(createdAt, now)}` : '';
  const [meaning, fix] = judgementOf(createdAt, now);
  return fail('PENDING_STUCK', {
    message:
      `AWSPENDING is on ${short(pending)}, which is not current${since}: ${meaning}. Until it ends, no ` +
      'other one begins.',
    fix: `${fix}keyturn repair ${secretId}`,
  });
}

/** What it is, and when to repair. */
function judgementOf(createdAt: Date | undefined, now: Date): readonly [string, string] {
  if (!createdAt) return ['a rotation is under way, or stopped half-way', lookAgain];
  const from = new Date(createdAt.getTime() + slackMs);
  if (now > from) return ['a rotation stopped half-way', ''];
  const at = absolute(from);
  return [`a rotation that runs looks the same; one that did not end by ${at} is stuck`, lookAgain];
}

const lookAgain = 'Where a rotation has just begun, look again in some minutes. Else: ';

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
