import { type DescribedSecret, pendingOf } from '../described-secret.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { slackMs } from '../stuck.ts';
import type { Finding } from './secret-status.ts';
import { shortIds } from './short-ids.ts';
import { absolute } from './times.ts';

export interface Sight {
  /** Absent where the systems were not asked. */
  readonly inspection: InspectionAnswer | undefined;
  readonly now: Date;
}

/** What the labels say: whether something is published, under way, stuck or owed. */
export function labelFindings(described: DescribedSecret, sight: Sight): readonly Finding[] {
  if (described.versionAt('AWSCURRENT') === undefined) return [noCurrentVersion];
  return [
    ...pendingFindings(described, sight),
    ...retirementFindings(described, sight),
    ...abandonedFindings(described),
  ];
}

function pendingFindings(described: DescribedSecret, { inspection, now }: Sight): Finding[] {
  const pending = pendingOf(described);
  if (pending === undefined) return [];
  const made = inspection?.versions.find(({ versionId }) => versionId === pending)?.createdAt;
  const version = shortOf(described, pending);
  // Without a value it has no date, and may have been there for a moment only.
  const place = made === undefined ? version : `${version} since ${absolute(new Date(made))}`;
  if (!described.rotationEnabled) return [stuck(described, `${place}, and rotation is off`)];
  if (made !== undefined && now.getTime() - Date.parse(made) > slackMs) {
    return [stuck(described, `${place}: that rotation did not come to its end`)];
  }
  const message = `A rotation is under way: AWSPENDING is on ${place}.`;
  return [{ finding: 'rotation-under-way', level: 'note', message }];
}

const stuck = ({ name }: DescribedSecret, how: string): Finding => ({
  finding: 'pending-stuck',
  level: 'attention',
  message: `AWSPENDING is on ${how}. Run keyturn repair ${name}.`,
});

/** Keys whose grace is over, while the superseded version has no receipt, and may work. */
function retirementFindings(described: DescribedSecret, { inspection, now }: Sight): Finding[] {
  const previous = described.versionAt('AWSPREVIOUS');
  return (inspection?.keys ?? []).flatMap(({ key, supersededUntil, credentials }): Finding[] => {
    const until = supersededUntil === undefined ? undefined : new Date(supersededUntil);
    const verdict = credentials.find(({ versionId }) => versionId === previous)?.verdict;
    return until && until <= now && verdict !== 'rejected'
      ? [owed(described, { key, until, now })]
      : [];
  });
}

function owed(
  described: DescribedSecret,
  { key, until, now }: { readonly key: string; readonly until: Date; readonly now: Date },
): Finding {
  const since = dueSince(until, described);
  const isLate = now.getTime() - since.getTime() > slackMs;
  const rest = isLate
    ? `and it may still work. Run keyturn repair ${described.name}.`
    : 'and it is revoked in a few minutes, or by the daily run.';
  return {
    finding: 'retirement-owed',
    level: isLate ? 'attention' : 'note',
    key,
    message: `The end of the superseded credential of ${key} is due since ${absolute(since)}, ${rest}`,
  };
}

/** What a rollback took back is due at once: since the labels were moved for it, or longer. */
const dueSince = (until: Date, { lastChangedAt = until }: DescribedSecret) =>
  until.getTime() === 0 ? lastChangedAt : until;

function abandonedFindings(described: DescribedSecret): Finding[] {
  const made = described.versionAt('KEYTURN_MADE');
  const labels = described.labelsOf.get(made ?? '') ?? [];
  if (made === undefined || live.some((label) => labels.includes(label))) return [];
  const version = shortOf(described, made);
  return [
    {
      finding: 'abandoned-owed',
      level: 'note',
      message:
        `KEYTURN_MADE is on ${version}, which was superseded by values somebody stored, or whose rotation ` +
        'was abandoned: what of it nothing else uses is ended by the daily run; keyturn repair ' +
        `${described.name} does so now.`,
    },
  ];
}

const live = ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'];

const noCurrentVersion: Finding = {
  finding: 'no-current-version',
  level: 'attention',
  message:
    'No version carries AWSCURRENT, so that nobody can read the secret. Store a value with aws ' +
    'secretsmanager put-secret-value.',
};

const shortOf = ({ labelsOf }: DescribedSecret, versionId: string) =>
  shortIds([...labelsOf.keys()])(versionId);
