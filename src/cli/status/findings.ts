import { isRetryable } from '../is-retryable.ts';
import { ofValue } from '../../rotation/of-value.ts';
import { type DescribedSecret, pendingOf } from '../described-secret.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { labelFindings, type Sight } from './label-findings.ts';
import { scheduleFindings } from './schedule-findings.ts';
import type { Finding } from './secret-status.ts';
import { takenBack } from './versions.ts';

/** What was told of a secret, judged; the most pressing first, and notes last. */
export function findingsOf(described: DescribedSecret, sight: Sight): readonly Finding[] {
  const { inspection } = sight;
  const found = [
    ...(inspection ? valueFindings(inspection) : []),
    ...labelFindings(described, sight),
    ...(inspection ? obstacleFindings(described, inspection) : []),
    ...scheduleFindings(described, sight.now),
  ];
  return ['attention', 'note'].flatMap((wanted) => found.filter(({ level }) => level === wanted));
}

const isCurrent = ({ labels }: { readonly labels: readonly string[] }) =>
  labels.includes('AWSCURRENT');

/** Whether what is published can be used, and is accepted. */
function valueFindings(inspection: InspectionAnswer): readonly Finding[] {
  const current = inspection.versions.find(isCurrent);
  if (!current) return [];
  const { problem } = current;
  const verdicts = verdictFindings(inspection, current.versionId);
  if (!problem) return verdicts;
  // Whoever was asked about a key that is missing said the same.
  const others = verdicts.filter(
    ({ code, message }) => code === undefined || message !== problem.message,
  );
  return [...others, valueUnusable(inspection.name, problem)];
}

const valueUnusable = (
  name: string,
  problem: NonNullable<InspectionAnswer['versions'][number]['problem']>,
): Finding => ({
  finding: 'value-unusable',
  level: 'attention',
  ...problem,
  message: ofValue(problem) ? `${problem.message} ${takenBack(name)}` : problem.message,
});

function verdictFindings({ name, keys }: InspectionAnswer, current: string): readonly Finding[] {
  const asked = keys.flatMap(({ key, credentials }) =>
    credentials.filter(({ versionId }) => versionId === current).map((each) => ({ key, ...each })),
  );
  return asked
    .flatMap(({ key, verdict, problem }): Finding[] => {
      if (verdict === 'rejected') return [currentRejected(name, key)];
      if (verdict !== 'failed') return [];
      const message = problem?.message ?? `The system of ${key} could not be asked.`;
      return [
        { finding: 'current-not-asked', level: 'attention', key, code: problem?.code, message },
      ];
    })
    .toSorted((a, b) => rank(a) - rank(b));
}

const rank = ({ finding }: Finding) => (finding === 'current-rejected' ? 0 : 1);

const currentRejected = (name: string, key: string): Finding => ({
  finding: 'current-rejected',
  level: 'attention',
  key,
  message:
    `The credential of ${key} that is published under AWSCURRENT is rejected: what reads it does not ` +
    `get in. Run keyturn repair ${name}.`,
});

/** What the next rotation would fail at, unless it was said of the published credential already. */
function obstacleFindings(
  described: DescribedSecret,
  { versions, keys }: InspectionAnswer,
): readonly Finding[] {
  const current = versions.find(isCurrent);
  if (!current || current.problem) return [];
  const isUnderWay = pendingOf(described) !== undefined;
  return keys.flatMap(({ key, credentials, obstacle }): Finding[] => {
    const verdict = credentials.find(({ versionId }) => versionId === current.versionId)?.verdict;
    if (!obstacle || verdict === 'rejected' || verdict === 'failed') return [];
    const level = isUnderWay && isRetryable(obstacle.code) ? 'note' : 'attention';
    const message = `The next rotation could not succeed. ${obstacle.message}`;
    return [{ finding: 'next-rotation-blocked', level, key, code: obstacle.code, message }];
  });
}
