import { labels } from '../../../rotation/secret-store.ts';
import type { InspectionAnswer } from '../../inspection.ts';
import { ofValue } from '../../../rotation/of-value.ts';
import { takenBack } from '../../status/versions.ts';
import { problemLine } from '../../version-problem.ts';
import { findingsOf, type Finding } from '../finding.ts';
import { explained } from './explained.ts';
import { rejected, unanswered } from './systems-findings.ts';

export type Key = InspectionAnswer['keys'][number];
type Told = NonNullable<Key['obstacle']>;

const { ok, warn, skipped, told } = findingsOf('systems');

/** What is wrong, by what the systems say of each labelled version's credentials. */
export function examineInspection(
  inspection: InspectionAnswer,
  secretArn: string,
): readonly Finding[] {
  const [current, ...others] = inspection.versions;
  const isCurrent = current?.labels.includes(labels.current) === true;
  const problem = isCurrent ? current.problem : undefined;
  return [
    ...(problem ? [unusable(problem, secretArn)] : []),
    ...inspection.keys.flatMap((key) => ofKey(key, inspection, secretArn)),
    ...(inspection.keys.length === 0 ? [ok('No key is rotated.')] : []),
    ...others.flatMap((version) => supersededProblem(version)),
  ];
}

function ofKey(
  key: Key,
  { versions, at: askedAt }: InspectionAnswer,
  secretArn: string,
): readonly Finding[] {
  const labelsOf = (versionId: string) =>
    versions.find((version) => version.versionId === versionId)?.labels ?? [];
  const at = (label: string) =>
    key.credentials.find(({ versionId }) => labelsOf(versionId).includes(label));
  const current = at(labels.current);
  if (current?.verdict === 'rejected') {
    return [rejected(key, { ...acceptedElsewhere(key, labelsOf), secretArn })];
  }
  if (current?.verdict === 'failed') return [unanswered(key, current.problem)];

  const previous = at(labels.previous);
  const until = graceOf(key, askedAt);
  return [
    ...(key.obstacle ? [obstacle(key.obstacle, key.key)] : [sound(key, current?.verdict, until)]),
    ...(until && previous?.verdict === 'rejected' ? [previousRejected(key, until)] : []),
  ];
}

/** Until when the superseded credential lives; `undefined` where there is none, or its grace is over. */
const graceOf = ({ supersededUntil }: Key, askedAt: string): string | undefined =>
  supersededUntil && Date.parse(supersededUntil) > Date.parse(askedAt)
    ? supersededUntil
    : undefined;

/** Which other label's credential the system takes, where it refuses the current one. */
function acceptedElsewhere(key: Key, labelsOf: (versionId: string) => readonly string[]) {
  const accepted = new Set(
    key.credentials
      .filter(({ verdict }) => verdict === 'accepted')
      .flatMap(({ versionId }) => labelsOf(versionId)),
  );
  // What is AWSPREVIOUS and AWSPENDING at once was current: AWSPENDING stays on it.
  return { accepted: [labels.previous, labels.pending].find((label) => accepted.has(label)) };
}

function sound({ key, rotator }: Key, verdict: string | undefined, until?: string): Finding {
  if (verdict === undefined)
    return skipped(`${key} (${rotator}): AWSCURRENT holds nothing to ask about.`);
  const asked =
    verdict === 'accepted' ? 'the value under AWSCURRENT works' : 'there is nobody to ask about it';
  const before = until ? `; the one before it lives until ${until}` : '';
  return ok(`${key} (${rotator}): ${asked}${before}.`);
}

/**
 * Somebody else is at it, and done in minutes: that keeps the next rotation waiting, and no more. Of
 * what else may be tried again, such as a system out of reach, a person should know.
 */
const busy: ReadonlySet<string> = new Set(['DATABASE_BUSY', 'INSTANCE_BUSY', 'THROTTLED']);

function obstacle({ code, key, message }: Told, of?: string): Finding {
  return told(busy.has(code) ? 'warn' : 'fail', code, {
    key: key ?? of,
    message: `The next rotation could not succeed: ${message}`,
    fix: explained(code),
  });
}

/** What is published is nothing a rotation could start from. */
function unusable(problem: Told, secretArn: string): Finding {
  const finding = obstacle(problem);
  return ofValue(problem) ? { ...finding, fix: `${finding.fix} ${takenBack(secretArn)}` } : finding;
}

const previousRejected = ({ key }: Key, until: string) =>
  warn('PREVIOUS_REJECTED', {
    key,
    message: `${key}: the value under AWSPREVIOUS should live until ${until}, and is refused already.`,
    fix: 'keyturn rollback will refuse. What still uses the old value is locked out: have it read the secret again.',
  });

/** A superseded version that cannot be read is none that a rollback could go to. */
function supersededProblem({
  labels: found,
  problem,
}: InspectionAnswer['versions'][number]): readonly Finding[] {
  if (!problem || !found.includes(labels.previous)) return [];
  const { code, key } = problem;
  const message = problemLine({ name: labels.previous, labels: found }, problem);
  const fix = 'It matters to keyturn rollback alone, and passes with the next rotation.';
  return [told('warn', code, { key, message, fix })];
}
